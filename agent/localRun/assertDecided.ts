import { Failure } from "../../domain/failure.ts";
import { GO_GATE } from "../../domain/gate/goGate.ts";
import type { Instant } from "../../domain/time.ts";
import { authorityOf } from "../../protocol/authority.ts";
import { checkDecision } from "../approval/checkDecision.ts";
import type { AgentConfig } from "../config.ts";
import type { Identity } from "../identity.ts";
import type { PackedRun } from "../runPack/readRun.ts";

/**
 * Throws a Failure unless somebody whose key is pinned on this host signed the GO of this run, and the time in which one may go back on
 * it has not passed. Each task is judged anew, with its quorum; this says before anything is taken over that nothing could be done.
 */
export async function assertDecided(
  { pack, plan, state }: PackedRun,
  own: { readonly identity: Identity; readonly config: AgentConfig; readonly now: Instant },
): Promise<void> {
  const authority = authorityOf({ state, plan, head: pack.head });
  const claim = {
    ...{ authority, compiled: plan, runId: pack.runId, now: own.now },
    fingerprint: own.identity.fingerprint,
    section: "rollback",
  } as const;
  const whyNot: string[] = [];
  for (const decision of authority.decisions.filter(({ statement }) => statement.gateId === GO_GATE)) {
    const verdict = await checkDecision(decision, claim, own.config.approvers);
    if (verdict.counts && decision.statement.verdict === "GO") return;
    if (!verdict.counts) whyNot.push(verdict.because);
  }
  const because = whyNot.length === 0 ? "none is in the pack" : whyNot.join("; ");
  throw new Failure("notAuthorised", `No GO of this run counts on this host: ${because}.`);
}
