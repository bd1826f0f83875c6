import { signedWith } from "../../domain/decision/signedWith.ts";
import { formatDifference, formatDuration } from "../../domain/format/duration.ts";
import { formatDayTime, formatTimeSeconds, zoneName } from "../../domain/format/time.ts";
import type { RunId } from "../../domain/ids.ts";
import { brokenGlass } from "../../protocol/http/brokenGlass.ts";
import type { GateView } from "../../protocol/http/gates.ts";
import type { ReportView, RunView } from "../../protocol/http/runs.ts";
import type { StepView } from "../../protocol/http/steps.ts";
import type { House } from "../identity/door.ts";
import { presentControls } from "./present/controls.ts";
import { presentRun } from "./present/runView.ts";
import { readSubject } from "./queries.ts";

/** The report of a run: the view, the same as Markdown, and the head of its chain. Undefined when there is no such run. */
export async function viewReport(house: House, runId: RunId): Promise<ReportView | undefined> {
  const subject = await readSubject(house, runId);
  if (!subject) return undefined;
  const run = presentRun(subject);
  const controls = presentControls(subject);
  const { seq, hash } = subject.head;
  return { run, markdown: reportMarkdown(run, controls), events: seq, chainHead: hash, controls };
}

/** Text inside a table or a list: its own marks mean nothing there. */
const plain = (text: string) => text.replaceAll(/([\\|*_`<>#[\]])/g, "\\$1").replaceAll("\n", " ");

/** Planned against actual, decisions, facts and the story of a run, as Markdown. */
export function reportMarkdown(run: RunView, controls: ReportView["controls"] = []): string {
  const at = (ms: number | null) => (ms === null ? "–" : formatDayTime(ms, run.zone));
  return [
    `# ${plain(run.title)}`,
    `${run.stateWord}. ${run.dataSentence}`,
    ...brokenGlass(run).map(
      ({ gate, by, reason, at: when }) =>
        `**GLASS BROKEN** at ${plain(gate)} by ${plain(by)}, ${at(when)}: it counts with one GO fewer. Reason: ${plain(reason)}`,
    ),
    run.rolledBack?.left ? `**ROLLED BACK**: ${plain(run.rolledBack.left)}` : "",
    run.encrypted === "none" ? "**NOT ENCRYPTED**: this machine has no dm-crypt." : "",
    [
      "| | |",
      "|---|---|",
      `| Service | ${plain(run.service.name)} |`,
      `| Window | ${at(run.startsAt)} to ${at(run.endsAt)}, ${zoneName(run.zone)} |`,
      `| Started | ${at(run.startedAt)} |`,
      `| Ended | ${at(run.endedAt)} |`,
      `| Writes stopped | ${run.downtime?.downtimeMs == null ? "not measured" : formatDuration(run.downtime.downtimeMs)} |`,
      `| Runbook | ${plain(run.runbook.title)} ${plain(run.runbook.version)} (\`${run.runbook.digest.slice(0, 16)}\`) |`,
      `| Hosts | ${run.hosts.map((host) => plain(host.name)).join(", ")} |`,
      `| Requested by | ${run.requesters.map(plain).join(", ")} |`,
    ].join("\n"),
    `## Planned against actual\n\n| Step | Planned | Took | Difference | State |\n|---|--:|--:|--:|---|\n${run.steps.map(stepRow).join("\n")}`,
    `## Decisions\n\n${run.gates.flatMap((gate) => gateLines(gate, at)).join("\n") || "None were signed."}`,
    `## Facts\n\n| Fact | Value | Source | Measured |\n|---|---|---|---|\n${run.facts
      .map((fact) => `| ${plain(fact.title)} | ${plain(fact.text)} | ${plain(fact.source)} | ${at(fact.measuredAt)} |`)
      .join("\n")}`,
    controls.length === 0 ? "" : `## Evidence by control\n\n${controls.map(controlLines).join("\n")}`,
    run.completion
      ? `## Completion\n\nSigned by ${plain(run.completion.by)}, ${at(run.completion.at)}. All verified: ${yesNo(run.completion.allVerified)}. In production: ${yesNo(run.completion.inProduction)}. Issues: ${plain(run.completion.issues) || "none"}.`
      : "",
    `## What happened\n\n${run.log.map((line) => `- ${formatTimeSeconds(line.at, run.zone)} ${plain(line.text)}`).join("\n")}`,
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

function controlLines({ control, text, steps }: ReportView["controls"][number]): string {
  const shown = steps.map((step) => `  - ${plain(step.title)}: ${plain(step.text)}`);
  return [`- **${plain(control)}**: ${plain(text)}`, ...shown].join("\n");
}

const yesNo = (value: boolean) => (value ? "yes" : "no");

function stepRow(step: StepView): string {
  const tookMs = step.beganAt === null || step.endedAt === null ? null : step.endedAt - step.beganAt;
  const name = `${step.number === null ? "Gate" : step.number} ${plain(step.title)}`;
  const difference = tookMs === null ? "–" : formatDifference(tookMs - step.plannedMs);
  return `| ${name} | ${formatDuration(step.plannedMs)} | ${tookMs === null ? "–" : formatDuration(tookMs)} | ${difference} | ${step.stage} |`;
}

function gateLines(gate: GateView, at: (ms: number | null) => string): string[] {
  return gate.decisions.map(
    (made) =>
      `- ${plain(gate.title)}: **${made.verdict}** by ${plain(made.by)}, ${at(made.signedAt)}, ${made.life} (\`${made.words.join(" ")}\`, ${signedWith(made.signedWith, made.software)})`,
  );
}
