import { statementText } from "../../../domain/decision/digests.ts";
import { SSH_NAMESPACES } from "../../../domain/decision/sshSignature.ts";
import type { LocalInput } from "../../../domain/localRun/localTurn.ts";
import type { Queryable } from "../../db/queryable.ts";
import { sshKeyHolder } from "../../db/sshKeyHolders.ts";
import { isSshSigned } from "../../identity/sshKeygen.ts";

type LocalDecision = Extract<LocalInput, { kind: "decision" }>;

/**
 * Why a decision that a host took in while it carried a run on does not count here, in a sentence; undefined where it does. The host's
 * word is taken for nothing: the key is one that its person put on record here, it signed this statement, and they are who it says.
 *
 * @throws SshUnchecked where ssh-keygen can't be asked
 */
export async function whyNotSignedAtHost(
  db: Queryable,
  { decision, actor }: LocalDecision,
): Promise<string | undefined> {
  const { statement, signature } = decision;
  if (signature.kind !== "ssh") return "Only an SSH key can sign at a host.";
  const holder = await sshKeyHolder(db, signature.publicKey);
  if (holder?.userId !== statement.approver)
    return `${statement.approver} has no such SSH key on record: it was not put there, or was removed since.`;
  if (holder.role !== actor.role || actor.groups.some((group) => !holder.groups.includes(group)))
    return `${statement.approver} is another in role or groups than the host had it.`;
  const signed = { ...signature, text: statementText(statement) };
  return (await isSshSigned(signed, SSH_NAMESPACES.decision)) ? undefined : "Its signature does not hold.";
}
