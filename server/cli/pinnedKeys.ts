import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { z } from "zod";
import type { SshPublicKey } from "../../domain/decision/sshKey.ts";
import { PastedSshKey } from "../../domain/decision/sshKey.ts";

/** A key that a host's owner wrote down as a person's own; a passkey with the site it signs for. */
export type PinnedKey = { readonly file: string; readonly user: string } & (
  | {
      /** COSE, base64url. */
      readonly publicKey: string;
      readonly rpId: string;
      readonly origins: readonly string[];
    }
  | { readonly sshKey: SshPublicKey }
);

/** The part of agent.yaml that matters here; the agent itself reads the whole, strictly (agent/config.ts). */
const Approvers = z.object({
  approvers: z.array(
    z.union([
      z.object({ user: z.string(), sshKey: PastedSshKey }),
      z.object({ user: z.string(), publicKey: z.string(), rpId: z.string(), origins: z.array(z.string()) }),
    ]),
  ),
});

/**
 * The approvers of a host's agent.yaml: what somebody else than the server holds to be whose key.
 * @throws Error saying what the file is not
 */
export function readPinnedKeys(file: string): readonly PinnedKey[] {
  const document = parseDocument(readFileSync(file, "utf8"), { strict: true, uniqueKeys: true });
  const read = document.errors.length === 0 ? Approvers.safeParse(document.toJS({ maxAliasCount: 0 })) : undefined;
  if (!read?.success) throw new Error(`${file} is no agent.yaml with approvers.`);
  return read.data.approvers.map((approver) => ({ file, ...approver }));
}
