import type { Head } from "../domain/run/chain.ts";
import type { RunState } from "../domain/run/state.ts";
import type { CompiledRunbook } from "../domain/runbook/compiled.ts";
import type { Authority } from "./agent.ts";

/**
 * What an agent needs to check for itself that a task was decided: the text it compiles, and every decision that counts. Void,
 * suspended and withdrawn ones are left out; the agent would refuse them anyway.
 */
export function authorityOf(run: {
  readonly state: RunState;
  readonly head: Head;
  readonly plan: CompiledRunbook;
}): Authority {
  const { state, head, plan } = run;
  const decisions = Object.values(state.gates)
    .flatMap((gate) => gate.decisions)
    .filter(({ life }) => life === "valid" || life === "spent")
    .map(({ decision }) => decision);
  return {
    windowId: state.windowId,
    runbookText: plan.text,
    runbookDigest: state.runbookDigest,
    executableDigest: state.executableDigest,
    parameters: state.parameters,
    hosts: Object.fromEntries(Object.entries(state.hosts).map(([role, host]) => [role, host.keyFingerprint])),
    decisions,
    chainHead: head.hash,
  };
}
