import type { Role } from "../../domain/run/actor.ts";
import type { Me } from "../../protocol/http/identity.ts";
import type { PrismaClient } from "../db/prisma.ts";
import type { SignedIn } from "./actor.ts";
import type { Auth } from "./auth.ts";
import { viewSshKey } from "./sshKeyView.ts";
import { keyWords } from "./words.ts";

/** Adds a person with a password; the e-mail must be new. Answers the id, or undefined when the e-mail is taken. */
export async function addPerson(
  auth: Auth,
  person: { name: string; email: string; password: string; role: Role; groups: readonly string[] },
): Promise<string | undefined> {
  const context = await auth.$context;
  const email = person.email.toLowerCase();
  if (await context.internalAdapter.findUserByEmail(email)) return undefined;
  const user = await context.internalAdapter.createUser(
    {
      name: person.name,
      email,
      emailVerified: true,
      role: person.role,
      groups: [...person.groups],
    },
    { method: "email-password" },
  );
  await context.internalAdapter.linkAccount({
    userId: user.id,
    providerId: "credential",
    accountId: user.id,
    password: await context.password.hash(person.password),
  });
  return user.id;
}

/** False on a server to which nobody was added yet. */
export async function hasPeople(prisma: PrismaClient): Promise<boolean> {
  return (await prisma.user.findFirst({ select: { id: true } })) !== null;
}

/** What every page needs of the person who is signed in. */
export async function presentMe(prisma: PrismaClient, person: SignedIn): Promise<Me> {
  const { userId, name, email, role, groups } = person;
  const [passkeys, sshKeys] = await Promise.all([
    prisma.passkey.findMany({ where: { userId }, orderBy: { createdAt: "asc" } }),
    prisma.sshKey.findMany({ where: { userId }, orderBy: { createdAt: "asc" } }),
  ]);
  return {
    ...{ userId, name, email, role, groups },
    passkeys: passkeys.map((passkey) => ({
      id: passkey.id,
      name: passkey.name,
      createdAt: passkey.createdAt.getTime(),
      software: passkey.software,
      waitsForSecond: passkey.waitsForSecond,
      keyWords: passkey.waitsForSecond ? keyWords(passkey.publicKey) : undefined,
    })),
    sshKeys: sshKeys.map(({ id, name, createdAt, publicKey }) => {
      const { type, fingerprint, software } = viewSshKey(publicKey);
      return { id, name, createdAt: createdAt.getTime(), type, fingerprint, software };
    }),
  };
}
