import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SshPublicKey } from "../../domain/decision/sshKey.ts";
import type { SshNamespace } from "../../domain/decision/sshSignature.ts";
import { allowedSigners, sshSignatureProblem, sshVerifyArgs } from "../../domain/decision/sshSignature.ts";

/** How long ssh-keygen may take (ms); it needs some forty. */
const CHECK_WITHIN_MS = 20_000;

/** ssh-keygen could not be asked, which says nothing about the signature. Its message says why, and is for people. */
export class SshUnchecked extends Error {
  override readonly name = "SshUnchecked";
}

/**
 * True where the key made the signature over this very text, for this purpose. Asked of ssh-keygen, which reads the signature and the
 * one allowed signer from files in a folder that only this account can open, and which is removed afterwards.
 *
 * @throws SshUnchecked where there is no ssh-keygen, or no room for the files. Never an error of the system itself: the engine takes
 * those for a database that is away, and would ask again for ever.
 */
export async function isSshSigned(
  signed: { readonly publicKey: SshPublicKey; readonly signature: string; readonly text: string },
  namespace: SshNamespace,
): Promise<boolean> {
  if (sshSignatureProblem(signed, namespace) !== undefined) return false;
  try {
    return await inFolder(async (folder) => {
      const files = { allowedSigners: join(folder, "allowed"), signature: join(folder, "signature") };
      await writeFile(files.allowedSigners, allowedSigners(signed.publicKey, namespace), { mode: 0o600 });
      await writeFile(files.signature, `${signed.signature}\n`, { mode: 0o600 });
      return (await exitCodeOf(sshVerifyArgs(files, namespace), signed.text)) === 0;
    });
  } catch (cause) {
    const isMissing = cause instanceof Error && "syscall" in cause && cause.syscall === "spawn ssh-keygen";
    const why = isMissing ? "ssh-keygen is not on this machine (Debian: openssh-client)" : String(cause);
    throw new SshUnchecked(`The signature of an SSH key can't be checked: ${why}.`, { cause });
  }
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "slackwater-ssh-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Its exit code; null when it was ended because it took too long. */
function exitCodeOf(args: readonly string[], input: string): Promise<number | null> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  const child = spawn("ssh-keygen", args, {
    stdio: ["pipe", "ignore", "ignore"],
    env: { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH, LC_ALL: "C" },
    timeout: CHECK_WITHIN_MS,
    killSignal: "SIGKILL",
  });
  child.once("error", reject);
  child.once("close", resolve);
  // It may end before it has read all: its exit code says what came of it.
  child.stdin.on("error", () => {});
  child.stdin.end(input, "utf8");
  return promise;
}
