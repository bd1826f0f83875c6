import { canonicalJson } from "../canonicalJson.ts";
import type { Sha256 } from "../digest.ts";
import { formatDayTime, formatWindow } from "../format/time.ts";
import { criteriaOf } from "../gate/criteria.ts";
import { stepsBehind } from "../gate/stepsBehind.ts";
import type { Digest } from "../ids.ts";
import type { CompiledGate, CompiledRunbook } from "../runbook/compiled.ts";
import { shown } from "../text/shownText.ts";
import { statementText } from "./digests.ts";
import type { Evidence, Statement } from "./statement.ts";

/** What is shown beside the statement and is not signed: names that the server gives. */
export interface ServerNames {
  readonly title: string;
  readonly service: string;
  /** Name by the role in the runbook. */
  readonly hosts: ReadonlyMap<string, string>;
}

/** What the caller computes for us. */
export interface StatementWords {
  readonly sha256: Sha256;
  /** Six words for a fingerprint. */
  readonly wordsOf: (fingerprint: Digest) => string;
}

/**
 * A statement for the person who is about to sign it. Steps, gate and criteria are named from the runbook's text, whose digest the
 * statement holds; nothing here is the server's word alone but what is marked so.
 * @param zone IANA zone of the reader
 */
export function statementLines(
  statement: Statement,
  { plan, gate }: { readonly plan: CompiledRunbook; readonly gate: CompiledGate },
  names: ServerNames,
  zone: string,
  { sha256, wordsOf }: StatementWords,
): readonly string[] {
  const { verdict, windowStartsAt, windowEndsAt, notBefore, notAfter, rollbackLatestEnd } = statement;
  const until = (at: number) => formatDayTime(at, zone);
  return [
    line("verdict", verdict),
    ...(statement.reason === undefined ? [] : [line("reason", shown(statement.reason))]),
    ...(statement.inPlaceOf === undefined ? [] : [line("in place of", shown(statement.inPlaceOf))]),
    line("gate", `${shown(gate.spec.title)} (${statement.gateId})`),
    line("run", `${statement.runId}, ${statement.kind}`),
    line("window", formatWindow(windowStartsAt, windowEndsAt, zone)),
    line("", `called "${shown(names.title)}" for ${shown(names.service)} by the server`),
    line("counts", `from ${until(notBefore)} until ${until(notAfter)}`),
    line("", `for the rollback until ${until(rollbackLatestEnd)}`),
    line("runbook", `${plan.runbook.id}, executable ${statement.executableDigest}`),
    line("", `rollback   ${statement.rollbackDigest}`),
    ...listed(
      "parameters",
      Object.entries(statement.parameters).map(([name, value]) => `${name} = ${inWords(value)}`),
    ),
    ...listed(
      "hosts",
      Object.entries<Statement["hosts"][keyof Statement["hosts"]]>(statement.hosts).map(
        ([role, key]) => `${role}: ${wordsOf(key)} (called ${shown(names.hosts.get(role) ?? "nothing")} by the server)`,
      ),
    ),
    ...listed("evidence", evidenceLines(statement.evidence, plan, gate)),
    ...listed(
      "will do",
      stepsBehind(plan, gate.gateId).map(({ index, title }) => `${index ?? "gate"}  ${shown(title)}`),
    ),
    line("for good", shown(gate.spec.cannotBeUndone ?? "The runbook does not say what can't be undone after this.")),
    line("the log", `up to ${statement.chainHead}`),
    "",
    line("words", wordsOf(sha256(statementText(statement)))),
    line("", "The host shows the same six once it has acted on this: slackwater-agent status"),
  ];
}

function evidenceLines(evidence: readonly Evidence[], plan: CompiledRunbook, gate: CompiledGate): readonly string[] {
  const titles = new Map(criteriaOf(plan, gate).map(({ criterion }) => [criterion.id, criterion.title]));
  return evidence.map(({ criterionId, verdict, waived, values }) => {
    const measured = Object.entries(values).map(([name, value]) => `${shown(name)} = ${inWords(value)}`);
    const by = waived === undefined ? "" : `, WAIVED by ${shown(waived.by)}: ${shown(waived.reason)}`;
    const title = shown(titles.get(criterionId) ?? criterionId);
    return `${VERDICT_WORDS[verdict]}  ${title}${by}${measured.length === 0 ? "" : ` (${measured.join(", ")})`}`;
  });
}

const VERDICT_WORDS = { pass: "pass   ", fail: "FAIL   ", unknown: "UNKNOWN" } as const;

function inWords(value: unknown): string {
  return shown(typeof value === "string" ? value : canonicalJson(value));
}

/** One line of the list, its name in a column of its own. */
const line = (name: string, text: string): string => `  ${name.padEnd(11)} ${text}`;

function listed(name: string, entries: readonly string[]): readonly string[] {
  return entries.length === 0 ? [line(name, "none")] : entries.map((entry, at) => line(at === 0 ? name : "", entry));
}
