import { canonicalJson } from "../canonicalJson.ts";
import type { RunState } from "../run/state.ts";
import type { CompiledRunbook } from "../runbook/compiled.ts";
import { hostKeys, rollbackLatestEnd } from "./buildStatement.ts";
import { LANGUAGE_VERSION } from "./digests.ts";
import type { Statement } from "./statement.ts";

/** One thing that a signed statement says otherwise than the run does now. */
export interface Difference {
  /** In words, such as `parameter mount`. */
  readonly what: string;
  readonly was: string;
  readonly is: string;
}

/**
 * What a statement binds and what is no longer so: runbook, parameters, hosts, rollback, window. Evidence is judged apart
 * (gate/decisionLife.ts), because measured values may differ while their verdicts are equal.
 */
export function differences(statement: Statement, state: RunState, plan: CompiledRunbook): readonly Difference[] {
  const found: Difference[] = [];
  const compare = (what: string, was: unknown, is: unknown): void => {
    const [signed, current] = [inWords(was), inWords(is)];
    if (signed !== current) found.push({ what, was: signed, is: current });
  };
  compare("run", statement.runId, state.runId);
  compare("window", statement.windowId, state.windowId);
  compare("kind of run", statement.kind, state.kind);
  compare("runbook", statement.executableDigest, state.executableDigest);
  compare("compiled runbook", statement.executableDigest, plan.digests.executable);
  compare("runbook language", statement.languageVersion, LANGUAGE_VERSION);
  for (const name of keysOfBoth(statement.parameters, state.parameters)) {
    compare(`parameter ${name}`, statement.parameters[name], state.parameters[name]);
  }
  const signedHosts: Readonly<Record<string, string>> = statement.hosts;
  const currentHosts: Readonly<Record<string, string>> = hostKeys(state);
  for (const role of keysOfBoth(signedHosts, currentHosts)) {
    compare(`key of host ${role}`, signedHosts[role], currentHosts[role]);
  }
  compare("rollback", statement.rollbackDigest, plan.digests.rollback);
  compare("latest end of the rollback", statement.rollbackLatestEnd, rollbackLatestEnd(state));
  compare("start of the window", statement.windowStartsAt, state.windowStartsAt);
  compare("end of the window", statement.windowEndsAt, state.windowEndsAt);
  compare("start of the authority", statement.notBefore, state.windowStartsAt);
  return found;
}

function keysOfBoth(a: object, b: object): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}

function inWords(value: unknown): string {
  if (value === undefined) return "absent";
  return typeof value === "string" ? value : canonicalJson(value);
}
