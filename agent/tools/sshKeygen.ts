import { Buffer } from "node:buffer";
import type { SshPublicKey } from "../../domain/decision/sshKey.ts";
import type { SshNamespace } from "../../domain/decision/sshSignature.ts";
import { allowedSigners, sshVerifyArgs } from "../../domain/decision/sshSignature.ts";
import type { ToolCall } from "./toolCall.ts";

/** ssh-keygen says 0 for a signature that holds, and 255 for every other and for every fault of its own. */
const HOLDS = 0;
const DOES_NOT_HOLD = 255;

/** What ssh-keygen reads, beside the signed text on its standard input. */
interface SshVerifyCall extends ToolCall {
  /** Files that it opens by the name of a descriptor. Nothing secret; but a full disk must not keep a host from checking a signature. */
  readonly secretFds: readonly { readonly fd: number; readonly bytes: Buffer }[];
}

/** Checks a signature by one key, for one purpose, over the text on standard input. Every end but `HOLDS` is a refusal. */
export function sshVerifyCall(
  signed: { readonly publicKey: SshPublicKey; readonly signature: string },
  namespace: SshNamespace,
): SshVerifyCall {
  return {
    file: "ssh-keygen",
    args: sshVerifyArgs({ allowedSigners: "/dev/fd/3", signature: "/dev/fd/4" }, namespace),
    debianPackage: "openssh-client",
    acceptExitCodes: [HOLDS, DOES_NOT_HOLD],
    secretFds: [
      { fd: 3, bytes: Buffer.from(allowedSigners(signed.publicKey, namespace)) },
      { fd: 4, bytes: Buffer.from(`${signed.signature}\n`) },
    ],
  };
}

/** Whether an exit code of `sshVerifyCall` says that the signature holds. */
export function sshHolds(exitCode: number): boolean {
  return exitCode === HOLDS;
}
