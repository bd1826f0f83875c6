import { statementText } from "../../domain/decision/digests.ts";
import type { Digest } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import type { Counted } from "../approval/authorise.ts";
import { sha256 } from "../approval/ownReading.ts";
import type { SeenDecision } from "./controlMessages.ts";

/** A verified decision, with the digest of its statement: what its words are made of when somebody asks. */
export interface NotedDecision extends Omit<SeenDecision, "words"> {
  readonly digest: Digest;
}

/** The decisions that this host verified since it was started, for an approver to compare on a second device. */
export interface SeenDecisions {
  note(counted: readonly Counted[], now: Instant): void;
  list(): readonly NotedDecision[];
}

const KEPT = 50;

export function seenDecisions(): SeenDecisions {
  const seen = new Map<string, NotedDecision>();
  return {
    note(counted, at) {
      for (const { decision } of counted) {
        const { statement } = decision;
        if (seen.has(statement.nonce)) continue;
        const { runId, gateId, verdict, approver } = statement;
        seen.set(statement.nonce, {
          runId,
          gateId,
          verdict,
          approver,
          digest: sha256(statementText(statement)),
          at,
        });
        const [oldest] = seen.keys();
        if (seen.size > KEPT && oldest !== undefined) seen.delete(oldest);
      }
    },
    list: () => [...seen.values()],
  };
}
