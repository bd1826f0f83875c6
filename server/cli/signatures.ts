import type { RunExport } from "../../domain/chain/exportFile.ts";
import type { DecisionInLog } from "../../domain/chain/verifyExport.ts";
import type { SignedSilence } from "../../domain/decision/silenceStatement.ts";
import type { SignedDecision } from "../../domain/decision/statement.ts";
import { isSignedOn } from "../signatures.ts";
import type { PinnedKey } from "./pinnedKeys.ts";

/** A decision whose signature holds, and where the key stands as this person's outside of the export. */
export interface CheckedDecision extends DecisionInLog {
  /** File that pins the key; absent: only the export says whose key it is. */
  readonly pinnedIn: string | undefined;
}

/** All of them, or the first that does not hold, in words. */
export type CheckedDecisions =
  | { readonly ok: true; readonly decisions: readonly CheckedDecision[] }
  | { readonly ok: false; readonly problem: string };

/**
 * Checks the signature of every decision, offline: the key is one of the person's, and it signed this very statement (a passkey: on
 * this site).
 * Whose key it is, an export can only claim; with `pinned` keys, those of the hosts' owners, every GO must be by one of them.
 */
export async function checkSignatures(
  { header }: RunExport,
  decisions: readonly DecisionInLog[],
  pinned: readonly PinnedKey[] | undefined,
): Promise<CheckedDecisions> {
  const checked: CheckedDecision[] = [];
  for (const made of decisions) {
    const { seq, by, decision } = made;
    const wrong = (problem: string) => ({ ok: false, problem: `event ${seq}: ${problem}` }) as const;
    const claimed = header.people.find(({ userId }) => userId === by)?.publicKeys ?? [];
    if (!claimed.includes(decision.signature.publicKey)) return wrong(`${by} decided with a key that is not theirs`);
    const { rpId, otherRpIds = [], origins } = header.relyingParty;
    if (!(await isSignedOn(decision, { rpIds: [rpId, ...otherRpIds], origins }))) {
      return wrong(`the signature of ${by} does not fit the statement`);
    }
    const pinnedIn = await pinnedBy(made, pinned ?? []);
    if (pinned !== undefined && pinnedIn === undefined && decision.statement.verdict !== "NO-GO") {
      return wrong(`none of the given files pins the key of ${by} for this site`);
    }
    checked.push({ ...made, pinnedIn });
  }
  return { ok: true, decisions: checked };
}

async function pinnedBy({ by, decision }: DecisionInLog, pinned: readonly PinnedKey[]): Promise<string | undefined> {
  for (const key of pinned) if (key.user === by && (await isBy(decision, key))) return key.file;
  return undefined;
}

/** Whether a decision is signed with a pinned key; a passkey signs for the site that is pinned with it. */
async function isBy(decision: SignedDecision | SignedSilence, key: PinnedKey): Promise<boolean> {
  const { signature } = decision;
  switch (signature.kind) {
    case "passkey":
      return (
        "publicKey" in key &&
        key.publicKey === signature.publicKey &&
        isSignedOn(decision, { rpIds: [key.rpId], origins: key.origins })
      );
    case "ssh":
      // That it signed this statement was checked before; where is no part of it.
      return "sshKey" in key && key.sshKey === signature.publicKey;
    default:
      return signature satisfies never;
  }
}
