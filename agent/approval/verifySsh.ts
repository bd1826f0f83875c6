import { Buffer } from "node:buffer";
import { statementText } from "../../domain/decision/digests.ts";
import { SSH_NAMESPACES, sshSignatureProblem } from "../../domain/decision/sshSignature.ts";
import type { Signature, Statement } from "../../domain/decision/statement.ts";
import { Failure } from "../../domain/failure.ts";
import { Instant } from "../../domain/time.ts";
import type { Approver, SshApprover } from "../config.ts";
import { createDirectContext } from "../process/directContext.ts";
import { sshHolds, sshVerifyCall } from "../tools/sshKeygen.ts";
import type { SignatureVerdict } from "./verifySignature.ts";

type SshSignature = Extract<Signature, { kind: "ssh" }>;

/** How long ssh-keygen may take (ms); it needs some forty. */
const CHECK_WITHIN_MS = 20_000;

/**
 * Checks an SSH signature with the host's own ssh-keygen: by the pinned key alone, for decisions of Slackwater alone, over the
 * statement's canonical JSON. That a key held by a program is admitted is the owner's word in agent.yaml (config.ts).
 */
export async function verifySsh(
  statement: Statement,
  signature: SshSignature,
  approvers: readonly Approver[],
): Promise<SignatureVerdict> {
  const who = statement.approver;
  const approver = approvers.find(
    (pinned): pinned is SshApprover =>
      "sshKey" in pinned && pinned.user === who && pinned.sshKey === signature.publicKey,
  );
  if (approver === undefined) return { valid: false, because: `agent.yaml pins no such SSH key for ${who}` };
  const problem =
    sshSignatureProblem(signature, SSH_NAMESPACES.decision) ?? (await problemBySshKeygen(statement, signature));
  return problem === undefined
    ? { valid: true, approver }
    : { valid: false, because: `the SSH signature of ${who} does not hold: ${problem}` };
}

/** Undefined when it holds. What keeps it from being checked is a reason too: nothing is carried out on an unchecked signature. */
async function problemBySshKeygen(statement: Statement, signature: SshSignature): Promise<string | undefined> {
  const { program } = createDirectContext({
    signal: AbortSignal.timeout(CHECK_WITHIN_MS),
    now: () => Instant.parse(Date.now()),
  });
  try {
    const { exitCode } = await program({
      ...sshVerifyCall(signature, SSH_NAMESPACES.decision),
      input: Buffer.from(statementText(statement), "utf8"),
    });
    return sshHolds(exitCode) ? undefined : "it is not this key's over this statement";
  } catch (error) {
    if (error instanceof Failure) return `it can't be checked: ${error.message}`;
    throw error;
  }
}
