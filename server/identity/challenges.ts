import { z } from "zod";
import type { PrismaClient } from "../db/prisma.ts";

const CHALLENGE_MS = 5 * 60_000;
/** How long one that is over stays, for whoever looks into what happened. */
const KEPT_MS = 24 * 3_600_000;

type Purpose = "register" | "login" | "decide" | "sshKey";

/** Stores a challenge, and lets those go that nobody can answer any more: anyone may ask for one, without signing in. */
export async function storeChallenge(
  prisma: PrismaClient,
  challenge: {
    readonly purpose: Purpose;
    readonly value: string;
    readonly userId?: string;
    readonly statement?: string;
  },
) {
  const now = Date.now();
  await prisma.challenge.deleteMany({ where: { expiresAt: { lt: new Date(now - KEPT_MS) } } });
  return prisma.challenge.create({ data: { ...challenge, expiresAt: new Date(now + CHALLENGE_MS) } });
}

/** Takes a challenge out of the store: it answers once, for its purpose, before it expires. */
export async function spendChallenge(prisma: PrismaClient, id: string, purpose: Purpose) {
  if (!z.uuid().safeParse(id).success) return undefined;
  const { count } = await prisma.challenge.updateMany({
    where: { id, purpose, usedAt: null, expiresAt: { gt: new Date() } },
    data: { usedAt: new Date() },
  });
  return count === 1 ? ((await prisma.challenge.findUnique({ where: { id } })) ?? undefined) : undefined;
}
