import { statementText } from "../../domain/decision/digests.ts";
import { signedWith } from "../../domain/decision/signedWith.ts";
import { isHeldByProgram } from "../../domain/decision/statement.ts";
import { formatDayTime, formatTimeSeconds, formatWindow } from "../../domain/format/time.ts";
import type { Digest } from "../../domain/ids.ts";
import { eventText } from "../../domain/run/eventText.ts";
import type { AnyStep } from "../../domain/run/findStep.ts";
import { workOf } from "../../domain/run/findStep.ts";
import { untilText } from "../../domain/runbook/untilText.ts";
import type { Instant } from "../../domain/time.ts";
import { sha256 } from "../approval/ownReading.ts";
import { callLines } from "../control/callLines.ts";
import type { PlannedTask } from "../control/planOnHost.ts";
import type { WordsOf } from "../words.ts";
import type { SafeHtml } from "./html.ts";
import { html, page, rows } from "./html.ts";
import type { PackedRun } from "./readRun.ts";

/** What the page is made of. */
export interface PackPageParts {
  readonly run: PackedRun;
  /** The tasks of this host with their commands, as `slackwater-agent plan` would print them. */
  readonly planned: readonly PlannedTask[];
  /** The key of this host. */
  readonly fingerprint: Digest;
  /** Where the pack lies, for the command that carries the run on. */
  readonly folder: string;
  readonly wordsOf: WordsOf;
  readonly now: Instant;
}

/** The pack as one page that needs nothing but itself, for a screen or for paper: what is done, by whose word, and how to go back. */
export function packPage(parts: PackPageParts): string {
  const { pack, state } = parts.run;
  const { title, service, zone } = pack.about.window;
  const { windowStartsAt, windowEndsAt } = state;
  return page(
    `${title}: run pack`,
    html`
    <h1>${title}</h1>
    <p>${service}. ${formatWindow(windowStartsAt, windowEndsAt, zone)}. Run ${state.runId}.</p>
    <p>As of event ${pack.head.seq} (${pack.head.hash.slice(0, 16)}…): ${state.stage}${state.hold === undefined ? "" : `, ${state.hold.detail}`}.
      Written on this host ${formatDayTime(parts.now, zone)}.</p>
    <h2>When the dashboard is gone</h2>
    <p>What runs on this host goes on. To carry the run on from here, as root on this host:</p>
    <pre>slackwater-agent status
slackwater-agent run --local ${parts.folder}</pre>
    <h2>Contacts</h2>
    ${contacts(parts.run)}
    <h2>Hosts and their keys</h2>
    ${hosts(parts)}
    <h2>Decisions</h2>
    ${decisions(parts)}
    <h2>Parameters</h2>
    ${rows(Object.entries(state.parameters).map(([name, value]) => [name, String(value)]))}
    ${steps("Preparation", parts.run.plan.measures, parts)}
    ${steps("Steps, in order", parts.run.plan.steps, parts)}
    ${steps("Rollback, in order", parts.run.plan.rollbackSteps, parts)}
    ${rollbackNotes(parts.run)}
    <h2>What happened so far</h2>
    ${story(parts.run)}
    <h2>The runbook's text</h2>
    <pre>${pack.about.runbookText}</pre>`,
  );
}

function contacts({ plan, state }: PackedRun): SafeHtml {
  return rows(
    plan.runbook.contacts.map(({ role, parameter }) => [role, String(state.parameters[parameter] ?? "")]),
    "The runbook names nobody.",
  );
}

function hosts({ run, fingerprint, wordsOf }: PackPageParts): SafeHtml {
  return rows(
    Object.entries<(typeof run.state.hosts)[keyof typeof run.state.hosts]>(run.state.hosts).map(([role, host]) => [
      `${run.names.host(host.hostId)} (${role})${host.keyFingerprint === fingerprint ? ", this host" : ""}`,
      wordsOf(host.keyFingerprint),
    ]),
  );
}

function decisions({ run, wordsOf }: PackPageParts): SafeHtml {
  const { pack, state, names } = run;
  const made = Object.values(state.gates).flatMap((gate) => gate.decisions);
  const { zone } = pack.about.window;
  return rows(
    made.map(({ decision: { statement, signature }, by, life }) => [
      `${statement.verdict} at ${names.gate(statement.gateId)} by ${names.person(by)}${statement.inPlaceOf === undefined ? "" : ` in place of ${names.person(statement.inPlaceOf)}`}, ${life}`,
      `${wordsOf(sha256(statementText(statement)))}. Forward until ${formatDayTime(statement.notAfter, zone)}, back until ${formatDayTime(
        statement.rollbackLatestEnd,
        zone,
      )}. Signed with: ${signedWith(signature.kind, isHeldByProgram(signature))}.`,
    ]),
    "None is signed yet.",
  );
}

function steps(title: string, all: readonly AnyStep[], parts: PackPageParts): SafeHtml {
  const items = all.map((step) => {
    const now = parts.run.state.steps[step.id];
    return html`<li><b>${step.title}</b> <small>${step.id}${beside(step)}${now === undefined ? "" : `, ${now.stage}`}</small>${work(step, parts)}</li>`;
  });
  return html`<h2>${title}</h2><ol>${items}</ol>`;
}

function beside(step: AnyStep): string {
  if (step.section !== "forward" || step.branch === undefined) return "";
  return `, ${step.branch.ofTitle}: ${step.branch.title}, beside the other branches`;
}

function work(step: AnyStep, { run, planned }: PackPageParts): SafeHtml {
  const when = step.section === "rollback" ? html`<p>When ${step.when}.</p>` : html``;
  return html`${when}${workOnly(step, run, planned)}`;
}

function workOnly(step: AnyStep, run: PackedRun, planned: readonly PlannedTask[]): SafeHtml {
  const done = workOf(step);
  switch (done.kind) {
    case "task": {
      const here = planned.find(({ id }) => id === step.id);
      if (here === undefined) return html`<p>${done.task.action}, on the host ${done.task.host}.</p>`;
      return html`<p>${here.action}, ${here.class}</p>${commands(here.would)}`;
    }
    case "manual":
      return html`<p>By hand (${done.manual.by.join(", ")}): ${done.manual.instructions}</p>`;
    case "gate":
      return html`<p>${done.gate.spec.opensBy === "criteria" ? "Opens when its criteria pass." : "People decide."}</p>`;
    case "announce":
      return html`<p>Announcement: ${run.names.announcement(done.announcementId)}</p>`;
    case "wait":
      return html`<p>${"until" in done.wait ? `Waits ${untilText(done.wait)}` : "Waits"}.</p>`;
    default:
      return done satisfies never;
  }
}

function commands(would: PlannedTask["would"]): SafeHtml {
  switch (would.kind) {
    case "run": {
      return html`<pre>${would.calls.flatMap(callLines).join("\n")}</pre>`;
    }
    case "waits":
      return html`<p>Not known yet: ${would.because}</p>`;
    case "refuse":
      return html`<p>This host refuses it: ${would.because}</p>`;
    default:
      return would satisfies never;
  }
}

function rollbackNotes({ plan }: PackedRun): SafeHtml {
  const { notes } = plan.runbook.rollback;
  return notes === undefined ? html`` : html`<p>${notes}</p>`;
}

function story({ pack, names }: PackedRun): SafeHtml {
  const { zone } = pack.about.window;
  return rows(
    pack.events.flatMap(({ seq, at, event }) => {
      const text = eventText(event, names);
      return text === undefined ? [] : [[`${seq}  ${formatTimeSeconds(at, zone)}`, text] as const];
    }),
  );
}
