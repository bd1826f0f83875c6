import type { TokenScope } from "../../domain/identity/tokenScope.ts";
import { coversScope } from "../../domain/identity/tokenScope.ts";
import type { Role } from "../../domain/run/actor.ts";
import { bearerOf } from "../../protocol/http/bearer.ts";
import type { SignedIn } from "../../server/identity/actor.ts";
import { house } from "../../server/identity/door.ts";
import type { TokenRefusal } from "../../server/identity/tokens.ts";
import { personOfToken } from "../../server/identity/tokens.ts";
import { NotServed, requirePerson, withRole } from "./answers.ts";

/**
 * Who: the person of the session, or a script by a token of that scope, with one of the roles where some are named. Both are held against
 * what the person's role is now.
 */
export async function requireCaller(request: Request, scope: TokenScope, ...roles: readonly Role[]): Promise<SignedIn> {
  const token = bearerOf(request.headers.get("authorization"));
  if (token === undefined) return requirePerson(request, ...roles);
  // No origin is asked for: no browser sends a token by itself, so that another site's page has none to send.
  const person = await personOfToken(house().prisma, token, Date.now());
  if (typeof person === "string") throw new NotServed({ code: "notSignedIn", ...TOKEN_REFUSALS[person] });
  const held = person.token?.scope ?? "read";
  if (!coversScope(held, scope)) {
    throw new NotServed({
      code: "notAllowed",
      message: `This needs a token of the scope ${scope}; this one's is ${held}.`,
      todo: "Make one on the account page of somebody whose role allows it.",
    });
  }
  return withRole(person, roles);
}

const TOKEN_REFUSALS: Readonly<Record<TokenRefusal, { message: string; todo: string }>> = {
  unknown: {
    message: "This token is not known here.",
    todo: "Look whether it was copied whole, and is of this server; else make another on the account page.",
  },
  expired: { message: "This token has expired.", todo: "Make another on the account page." },
  revoked: {
    message: "This token was revoked.",
    todo: "If that was not meant for this script, make another on the account page.",
  },
};
