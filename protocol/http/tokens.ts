import { z } from "zod";
import { TokenScope } from "../../domain/identity/tokenScope.ts";

/** The longest that a token is good for (days). Whoever needs one for longer makes the next in time. */
export const LONGEST_TOKEN_DAYS = 365;

/** A token as scripts send it, `Authorization: Bearer swa1.…`: 32 random bytes in base64url behind a mark that searches for secrets find. */
export const ApiToken = z.string().regex(/^swa1\.[A-Za-z0-9_-]{43}$/, "a token such as swa1.…, copied whole");
export type ApiToken = z.infer<typeof ApiToken>;

/** POST /api/tokens: a new token of the person who is signed in. */
export const MakeTokenBody = z.strictObject({
  name: z.string().trim().min(1, "Give the token a name, such as the script that uses it.").max(80),
  scope: z.enum(TokenScope.options, "Choose what the token may do: read, order or admin."),
  days: z
    .int("Say for how many days it is good: a whole number.")
    .min(1, "A token is good for a day at least.")
    .max(LONGEST_TOKEN_DAYS, `A token is good for ${LONGEST_TOKEN_DAYS} days at most.`),
});
export type MakeTokenBody = z.infer<typeof MakeTokenBody>;

/** A token of the reader, without its secret. Times in ms since the epoch. */
export const TokenView = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  scope: TokenScope,
  createdAt: z.int(),
  expiresAt: z.int(),
  revokedAt: z.int().nullable(),
  /** To the minute; null where nobody used it yet. */
  lastUsedAt: z.int().nullable(),
});
export type TokenView = z.infer<typeof TokenView>;

/** 201: the token, whose secret is shown this once and kept nowhere. */
export const MadeToken = z.strictObject({ token: ApiToken, view: TokenView });
export type MadeToken = z.infer<typeof MadeToken>;
