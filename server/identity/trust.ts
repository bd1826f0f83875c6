import { createHash } from "node:crypto";
import type { TrustedKeyView } from "../../protocol/http/trust.ts";
import type { PrismaClient } from "../db/prisma.ts";
import type { SignedIn } from "./actor.ts";
import { hasRole } from "./actor.ts";
import type { Settings } from "./settings.ts";
import { viewSshKey } from "./sshKeyView.ts";
import { fingerprintWords } from "./words.ts";

/** Groups as agent.yaml takes them; a group of any other form can't be named by a runbook either. */
const GROUP = /^[a-z][a-z0-9_-]{0,62}$/;

/**
 * The keys whose decisions a host could be told to obey, by name. Operators and admins, who look after hosts, get those of every
 * approver and of every admin (who can break the glass); an approver gets their own; others none. Only public keys: nothing here lets anybody sign.
 */
export async function listTrustedKeys(
  prisma: PrismaClient,
  settings: Settings,
  asker: SignedIn,
): Promise<readonly TrustedKeyView[]> {
  if (!hasRole(asker, "operator", "approver")) return [];
  const people = await prisma.user.findMany({
    where: hasRole(asker, "operator") ? { role: { in: ["approver", "admin"] } } : { id: asker.userId },
    orderBy: { name: "asc" },
    include: { passkeys: { orderBy: { createdAt: "asc" } }, sshKeys: { orderBy: { createdAt: "asc" } } },
  });
  const site = { rpId: settings.rpId, origins: settings.origins };
  return people.flatMap((person) => {
    const whose = {
      userId: person.id,
      person: person.name,
      groups: [...new Set([person.role, ...person.groups.filter((group) => GROUP.test(group))])],
    };
    return [
      ...person.passkeys.map(
        ({ name, credentialId, publicKey, software }): TrustedKeyView => ({
          ...{ kind: "passkey", ...whose, name, credentialId, publicKey, ...site, software },
          keyWords: fingerprintWords(sha256OfKey(publicKey)),
        }),
      ),
      ...person.sshKeys.map(({ name, publicKey }): TrustedKeyView => {
        const { keyWords, software } = viewSshKey(publicKey);
        return { kind: "ssh", ...whose, name, sshKey: publicKey, keyWords, software };
      }),
    ];
  });
}

const sha256OfKey = (publicKey: string) =>
  createHash("sha256").update(Buffer.from(publicKey, "base64url")).digest("hex");
