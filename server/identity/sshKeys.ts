import type { SshPublicKey } from "../../domain/decision/sshKey.ts";
import { SSH_NAMESPACES } from "../../domain/decision/sshSignature.ts";
import type { PrismaClient } from "../db/prisma.ts";
import type { SignedIn } from "./actor.ts";
import { spendChallenge, storeChallenge } from "./challenges.ts";
import type { Settings } from "./settings.ts";
import { isSshSigned } from "./sshKeygen.ts";
import { freshChallenge } from "./webAuthn.ts";

/**
 * Begins putting an SSH key on record: a text that its person signs with it. It is signed in another namespace than decisions are, says
 * what it is for, and has no character that a shell would take for something else.
 */
export async function beginSshKey(prisma: PrismaClient, settings: Settings, person: SignedIn) {
  const value = `slackwater-key/1 ${settings.appUrl} ${person.userId} ${freshChallenge()}`;
  const challenge = await storeChallenge(prisma, { purpose: "sshKey", userId: person.userId, value });
  return { challengeId: challenge.id, text: value, namespace: SSH_NAMESPACES.keyProof };
}

/** What became of a key: on record, or why not. */
export type AddedSshKey = "added" | "badProof" | "takenAlready";

/** Puts a key on record whose holder signed the challenge with it. A key is one person's alone: a decision by it says who decided. */
export async function addSshKey(
  prisma: PrismaClient,
  person: SignedIn,
  answer: {
    readonly challengeId: string;
    readonly name: string;
    readonly publicKey: SshPublicKey;
    readonly signature: string;
  },
): Promise<AddedSshKey> {
  const challenge = await spendChallenge(prisma, answer.challengeId, "sshKey");
  if (challenge?.userId !== person.userId) return "badProof";
  const { publicKey, signature, name } = answer;
  const proof = { publicKey, signature, text: challenge.value };
  if (!(await isSshSigned(proof, SSH_NAMESPACES.keyProof))) return "badProof";
  const data = [{ userId: person.userId, name, publicKey }];
  const { count } = await prisma.sshKey.createMany({ data, skipDuplicates: true });
  return count === 1 ? "added" : "takenAlready";
}

/** Takes a key of the person off the record; false when there is none. What was signed with it stays signed; nothing more will be. */
export async function removeSshKey(prisma: PrismaClient, person: SignedIn, id: string): Promise<boolean> {
  const { count } = await prisma.sshKey.deleteMany({ where: { id, userId: person.userId } });
  return count === 1;
}

/** Checks a signature over a statement with a key on record of the person; false when either does not fit. */
export async function checkSshKey(
  prisma: PrismaClient,
  person: SignedIn,
  signed: { readonly publicKey: SshPublicKey; readonly signature: string; readonly text: string },
): Promise<boolean> {
  const { publicKey } = signed;
  const known = await prisma.sshKey.findUnique({ where: { publicKey } });
  if (known?.userId !== person.userId || !(await isSshSigned(signed, SSH_NAMESPACES.decision))) return false;
  await prisma.sshKey.update({ where: { id: known.id }, data: { lastUsedAt: new Date() } });
  return true;
}
