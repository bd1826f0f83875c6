import { hash, randomBytes } from "node:crypto";
import { scopesOf, TokenScope } from "../../domain/identity/tokenScope.ts";
import type { MadeToken, MakeTokenBody, TokenView } from "../../protocol/http/tokens.ts";
import { ApiToken } from "../../protocol/http/tokens.ts";
import type { PrismaClient, ApiToken as TokenRow } from "../db/prisma.ts";
import type { SignedIn } from "./actor.ts";
import { personOnRecord } from "./session.ts";

const DAY_MS = 86_400_000;
/** How long a token that is over stays on record, so that a script that still uses it is told what became of it. */
const KEPT_MS = 90 * DAY_MS;
/** The last use is told to the minute, so that a script that asks each second does not write each second. */
const USE_STEP_MS = 60_000;
/** Tokens of one person that are good at the same time. */
const MOST_TOKENS = 50;

const hashOf = (token: ApiToken): string => hash("sha256", token, "hex");

/** Makes a token in the name of a person. Its secret is in the answer and nowhere else. */
export async function makeToken(
  prisma: PrismaClient,
  person: SignedIn,
  { name, scope, days }: MakeTokenBody,
  now: number,
): Promise<MadeToken | "scopeTooWide" | "tooMany"> {
  if (!scopesOf(person.role).includes(scope)) return "scopeTooWide";
  const { userId } = person;
  await prisma.apiToken.deleteMany({ where: { userId, expiresAt: { lt: new Date(now - KEPT_MS) } } });
  const good = await prisma.apiToken.count({ where: { userId, revokedAt: null, expiresAt: { gt: new Date(now) } } });
  if (good >= MOST_TOKENS) return "tooMany";
  const token = ApiToken.parse(`swa1.${randomBytes(32).toString("base64url")}`);
  const times = { createdAt: new Date(now), expiresAt: new Date(now + days * DAY_MS) };
  const row = await prisma.apiToken.create({ data: { userId, name, scope, secretHash: hashOf(token), ...times } });
  return { token, view: viewOf(row) };
}

/** The tokens of a person, those that are over as well, newest first. */
export async function listTokens(prisma: PrismaClient, { userId }: SignedIn): Promise<readonly TokenView[]> {
  const rows = await prisma.apiToken.findMany({ where: { userId }, orderBy: [{ createdAt: "desc" }, { id: "asc" }] });
  return rows.map(viewOf);
}

/** Revokes a token of the person, from the next request on; false when they have no such token. Again is no mistake. */
export async function revokeToken(
  prisma: PrismaClient,
  { userId }: SignedIn,
  id: string,
  now: number,
): Promise<boolean> {
  const { count } = await prisma.apiToken.updateMany({
    where: { id, userId, revokedAt: null },
    data: { revokedAt: new Date(now) },
  });
  return count === 1 || (await prisma.apiToken.count({ where: { id, userId } })) === 1;
}

/** Why a token opens nothing. */
export type TokenRefusal = "unknown" | "expired" | "revoked";

/** The person in whose name a token's holder asks, as they are on record now, or why not. */
export async function personOfToken(
  prisma: PrismaClient,
  token: string,
  now: number,
): Promise<SignedIn | TokenRefusal> {
  const read = ApiToken.safeParse(token);
  if (!read.success) return "unknown";
  const secretHash = hashOf(read.data);
  const row = await prisma.apiToken.findUnique({ where: { secretHash }, include: { user: true } });
  if (!row) return "unknown";
  if (row.revokedAt !== null) return "revoked";
  if (row.expiresAt.getTime() <= now) return "expired";
  const usedBefore = new Date(now - USE_STEP_MS);
  if (row.lastUsedAt === null || row.lastUsedAt <= usedBefore) {
    await prisma.apiToken.updateMany({ where: { id: row.id }, data: { lastUsedAt: new Date(now) } });
  }
  return { ...personOnRecord(row.user), token: { id: row.id, scope: scopeOnRecord(row.scope) } };
}

function viewOf(row: TokenRow): TokenView {
  return {
    id: row.id,
    name: row.name,
    scope: scopeOnRecord(row.scope),
    createdAt: row.createdAt.getTime(),
    expiresAt: row.expiresAt.getTime(),
    revokedAt: row.revokedAt?.getTime() ?? null,
    lastUsedAt: row.lastUsedAt?.getTime() ?? null,
  };
}

/** As with roles: one that nobody knows may do the least. */
const scopeOnRecord = (scope: string): TokenScope => TokenScope.catch("read").parse(scope);
