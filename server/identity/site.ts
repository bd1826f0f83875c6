import type { PrismaClient } from "../db/prisma.ts";
import type { SiteName } from "./settings.ts";

/** The names that count at a start, the current one first, and what whoever runs the server has to know of them. */
export interface SettledNames {
  readonly names: readonly SiteName[];
  readonly warning?: string;
}

/**
 * Settles under which names this server is reached. The first start writes down the host name of its address, because passkeys belong to it;
 * from then on a name is added by `slackwater move-host` alone. An address whose host name was not added is served all the same, by
 * password, and warned of: a slip in APP_URL must not make everybody's passkeys worthless.
 *
 * @param url the address that people type
 */
export async function settleNames(prisma: PrismaClient, url: string): Promise<SettledNames> {
  const { hostname: rpId, origin } = new URL(url);
  const known = await namesOf(prisma);
  const [current] = known;
  if (!current || (current.rpId !== rpId && !(await hasPasskeys(prisma)))) {
    await prisma.$transaction([
      prisma.siteName.deleteMany({ where: { NOT: { rpId } } }),
      // Two processes that start together write the same.
      prisma.siteName.upsert({
        where: { rpId },
        create: { rpId, origin, isCurrent: true },
        update: { origin, isCurrent: true, retiredAt: null },
      }),
      prisma.passkey.updateMany({ where: { rpId: null }, data: { rpId } }),
    ]);
    return { names: [{ rpId, origin }] };
  }
  const same = known.find((name) => name.rpId === rpId);
  if (same) {
    // Another port or scheme: passkeys know host names only.
    if (same.origin !== origin) await prisma.siteName.update({ where: { rpId }, data: { origin } });
    const names = known.map((name) => (name.rpId === rpId ? { rpId, origin } : name));
    return rpId === current.rpId ? { names } : { names, warning: notYetMoved(rpId, current.rpId) };
  }
  return { names: [...known, { rpId: current.rpId, origin }], warning: parted(rpId, current.rpId) };
}

/** Those that were not retired, the current one first. */
export async function namesOf(prisma: PrismaClient): Promise<readonly SiteName[]> {
  return prisma.siteName.findMany({
    where: { retiredAt: null },
    orderBy: [{ isCurrent: "desc" }, { addedAt: "desc" }],
    select: { rpId: true, origin: true },
  });
}

const hasPasskeys = async (prisma: PrismaClient): Promise<boolean> =>
  (await prisma.passkey.findFirst({ select: { id: true } })) !== null;

const notYetMoved = (rpId: string, current: string) =>
  `the move from ${rpId} to ${current} is not finished: APP_URL still says ${rpId}. What is left to do: slackwater move-host`;

const parted = (rpId: string, current: string) =>
  `APP_URL says ${rpId}, but passkeys of this server belong to ${current}: nobody's passkey works at ${rpId}. To move there: slackwater move-host ${rpId}. If that was a slip, set APP_URL back.`;

/** Why a name can't be added or retired; the message says what to do. */
export class MoveRefusal extends Error {
  override readonly name = "MoveRefusal";
}

/** Makes a name the current one. The names before stay good until they are retired. Throws a MoveRefusal. */
export async function moveTo(prisma: PrismaClient, to: SiteName): Promise<void> {
  const [current] = await namesOf(prisma);
  if (!current) throw new MoveRefusal("This server was never started, so there is no name to move from. Set APP_URL.");
  if (current.rpId === to.rpId) throw new MoveRefusal(`${to.rpId} is the name of this server already.`);
  await prisma.$transaction([
    prisma.siteName.updateMany({ data: { isCurrent: false } }),
    prisma.siteName.upsert({
      where: { rpId: to.rpId },
      create: { ...to, isCurrent: true },
      // Moved back to: it starts anew.
      update: { origin: to.origin, isCurrent: true, retiredAt: null },
    }),
  ]);
}

/**
 * Ends the time of a name: its passkeys and pages count no more. Throws a MoveRefusal for the current name, and while somebody would be
 * left without a passkey, unless `evenSo`.
 */
export async function retireName(prisma: PrismaClient, rpId: string, evenSo: boolean): Promise<void> {
  const known = await namesOf(prisma);
  const [current] = known;
  if (!known.some((name) => name.rpId === rpId)) throw new MoveRefusal(`${rpId} is no name of this server.`);
  if (current?.rpId === rpId) throw new MoveRefusal(`${rpId} is the current name. Move to another one first.`);
  const left = (await peopleToMove(prisma)).filter(({ under }) => under.includes(rpId));
  if (left.length > 0 && !evenSo) {
    const who = left.map(({ name }) => name).join(", ");
    throw new MoveRefusal(`Without a passkey would be: ${who}. To retire ${rpId} all the same, say --force.`);
  }
  await prisma.siteName.update({ where: { rpId }, data: { retiredAt: new Date() } });
}

/** Somebody who has passkeys, and none that is good under the current name. */
export interface PersonToMove {
  readonly name: string;
  readonly email: string;
  /** The names that their passkeys were made under. */
  readonly under: readonly string[];
  /** They made one under the current name, which a second person has not confirmed yet. */
  readonly waits: boolean;
}

/** Who must make a passkey anew, by name. */
export async function peopleToMove(prisma: PrismaClient): Promise<readonly PersonToMove[]> {
  const [current] = await namesOf(prisma);
  if (!current) return [];
  const people = await prisma.user.findMany({
    where: { passkeys: { some: {} } },
    orderBy: { name: "asc" },
    select: { name: true, email: true, passkeys: { select: { rpId: true, waitsForSecond: true } } },
  });
  return people.flatMap(({ name, email, passkeys }) => {
    const here = passkeys.filter(({ rpId }) => rpId === current.rpId);
    if (here.some(({ waitsForSecond }) => !waitsForSecond)) return [];
    const under = new Set(passkeys.flatMap(({ rpId }) => (rpId === null || rpId === current.rpId ? [] : [rpId])));
    return [{ name, email, under: [...under], waits: here.length > 0 }];
  });
}
