import { existsSync, readFileSync } from "node:fs";
import type { SshPublicKey } from "../../../domain/decision/sshKey.ts";
import { PastedSshKey } from "../../../domain/decision/sshKey.ts";

/** A key that a person signs with: the file that ssh-keygen is given, and what stands in it. */
export interface SshKeyFile {
  readonly file: string;
  readonly publicKey: SshPublicKey;
}

/**
 * Reads the public half of a key. ssh-keygen finds the other half in the ssh-agent, or in the file beside it; this program never
 * reads that.
 * @param named the .pub file, or the private one beside it
 * @throws Error in words
 */
export function readKeyFile(named: string): SshKeyFile {
  const file = named.endsWith(".pub") || !existsSync(`${named}.pub`) ? named : `${named}.pub`;
  const read = PastedSshKey.safeParse(readFileSync(file, "utf8"));
  if (read.success) return { file, publicKey: read.data };
  const isPrivate = !named.endsWith(".pub");
  throw new Error(
    isPrivate
      ? `${named} is no public key, and there is no ${named}.pub. Write it with: ssh-keygen -y -f ${named} > ${named}.pub`
      : `${file}: ${read.error.issues[0]?.message ?? "no public key"}`,
  );
}
