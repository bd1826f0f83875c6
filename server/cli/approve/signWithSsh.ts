import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { ArmouredSignature, SSH_NAMESPACES } from "../../../domain/decision/sshSignature.ts";
import type { SshKeyFile } from "./sshKeyFile.ts";

/**
 * Has ssh-keygen sign a text as a decision. It asks for a passphrase, or for a touch of the security key, at the terminal itself; nothing
 * of that passes through here. Answers the signature in its armour. Throws an Error in words.
 */
export async function signWithSsh({ file }: SshKeyFile, statement: string): Promise<string> {
  const child = spawn("ssh-keygen", ["-Y", "sign", "-n", SSH_NAMESPACES.decision, "-f", file], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  // It may end before it has read all, for want of the key: its exit code says so.
  child.stdin.on("error", () => {});
  child.stdin.end(statement, "utf8");
  const [said, [exitCode]] = await Promise.all([text(child.stdout), closed]).catch((error: unknown) => {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw isMissing
      ? new Error("There is no ssh-keygen on this machine. Install OpenSSH's client (Debian: openssh-client).", {
          cause: error,
        })
      : error;
  });
  const signature = ArmouredSignature.safeParse(said);
  if (exitCode === 0 && signature.success) return signature.data;
  throw new Error(
    `ssh-keygen did not sign; its own words stand above. It looks for the key in your ssh-agent (ssh-add -l), then in ${file.replace(/\.pub$/, "")}. Nothing was decided.`,
  );
}
