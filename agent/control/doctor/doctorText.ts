import type { ActionHealth, DoctorReport, Finding, Subject } from "./finding.ts";

const SUBJECTS: Readonly<Record<Subject, string>> = {
  account: "account",
  config: "agent.yaml",
  names: "names in it",
  approvers: "approvers",
  sshKeygen: "SSH signatures",
  state: "state directory",
  room: "room for output",
  runKeys: "keys of runs",
  secrets: "passphrases",
  swap: "swap",
  coreDumps: "core dumps",
  controlGroups: "control groups",
  dmCrypt: "dm-crypt",
  clock: "clock",
  server: "server",
};

const VERDICTS = { ok: "ok", note: "note", missing: "MISSING", notAllowed: "" } as const;

/** Width of the verdict and of the subject, in characters. */
const COLUMNS = { verdict: 9, subject: 17, action: 25 } as const;
const INDENT = " ".repeat(COLUMNS.verdict + COLUMNS.subject);

/** What the doctor found, for a terminal: each line says what to do, and the end what is missing in all. */
export function doctorText(report: DoctorReport): string {
  const { oldest, newest } = report.protocol;
  return [
    `slackwater-agent ${report.agent}, protocol ${oldest} to ${newest}, Node ${report.node}, ${report.kernel}`,
    "",
    ...report.findings.flatMap(findingLines),
    "",
    "Actions, by the programs that each needs:",
    ...[...report.actions].sort((a, b) => rank(a) - rank(b) || (a.action < b.action ? -1 : 1)).map(actionLine),
    "",
    ...(report.packages.length === 0 ? [] : [`apt-get install ${report.packages.join(" ")}`]),
    endLine(report),
  ].join("\n");
}

function findingLines({ subject, verdict, says, todo }: Finding): readonly string[] {
  const first = `${VERDICTS[verdict].padEnd(COLUMNS.verdict)}${SUBJECTS[subject].padEnd(COLUMNS.subject)}${says}`;
  return todo === undefined ? [first] : [first, `${INDENT}→ ${todo}`];
}

function actionLine(health: ActionHealth): string {
  const start = `${VERDICTS[health.verdict].padEnd(COLUMNS.verdict)}${health.action.padEnd(COLUMNS.action)}`;
  return `${start}${detailOf(health)}`.trimEnd();
}

function detailOf({ action, verdict, missing, missingOutside }: ActionHealth): string {
  switch (verdict) {
    case "notAllowed":
      return `not allowed: "actions" of agent.yaml names neither ${action} nor ${action.split(".", 1).join("")}.*`;
    case "missing":
      return named(missing);
    case "ok":
      return missingOutside.length === 0 ? "" : `in containers; outside of one it would need ${named(missingOutside)}`;
    default:
      return verdict satisfies never;
  }
}

const named = (programs: ActionHealth["missing"]): string =>
  programs.map(({ tool, debianPackage }) => `${tool} (package ${debianPackage})`).join(", ");

const RANKS = { missing: 0, ok: 1, notAllowed: 2 } as const;
const rank = ({ verdict }: ActionHealth): number => RANKS[verdict];

function endLine({ missing_count: missing }: DoctorReport): string {
  if (missing === 0) return "Nothing is missing.";
  return missing === 1 ? "1 thing is missing." : `${missing} things are missing.`;
}
