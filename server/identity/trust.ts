import { createHash } from "node:crypto";
import type { TrustedKeyView } from "../../protocol/http/trust.ts";
import type { PrismaClient } from "../db/prisma.ts";
import type { SignedIn } from "./actor.ts";
import { hasRole } from "./actor.ts";
import type { Settings } from "./settings.ts";
import { fingerprintWords } from "./words.ts";

/** Groups as agent.yaml takes them; a group of any other form can't be named by a runbook either. */
const GROUP = /^[a-z][a-z0-9_-]{0,62}$/;

/**
 * The passkeys whose decisions a host could be told to obey, by name. Operators and admins, who look after hosts, get those of every
 * approver; an approver gets their own; others none. Only public keys: nothing here lets anybody sign.
 */
export async function listTrustedKeys(
  prisma: PrismaClient,
  settings: Settings,
  asker: SignedIn,
): Promise<readonly TrustedKeyView[]> {
  if (!hasRole(asker, "operator", "approver")) return [];
  const passkeys = await prisma.passkey.findMany({
    where: {
      // A host is not told of a key that may turn out to be a stranger's.
      waitsForSecond: false,
      ...(hasRole(asker, "operator") ? { user: { role: "approver" } } : { userId: asker.userId }),
    },
    orderBy: [{ user: { name: "asc" } }, { createdAt: "asc" }],
    include: { user: { select: { name: true, role: true, groups: true } } },
  });
  return passkeys.map((passkey) => ({
    userId: passkey.userId,
    person: passkey.user.name,
    groups: [...new Set([passkey.user.role, ...passkey.user.groups.filter((group) => GROUP.test(group))])],
    passkey: passkey.name,
    credentialId: passkey.credentialId,
    publicKey: passkey.publicKey,
    keyWords: fingerprintWords(sha256OfKey(passkey.publicKey)),
    rpId: passkey.rpId ?? settings.names[0]?.rpId ?? "",
    origins: settings.origins,
    software: passkey.software,
  }));
}

const sha256OfKey = (publicKey: string) =>
  createHash("sha256").update(Buffer.from(publicKey, "base64url")).digest("hex");
