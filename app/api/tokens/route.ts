import { MakeTokenBody } from "../../../protocol/http/tokens.ts";
import { house } from "../../../server/identity/door.ts";
import { listTokens, makeToken } from "../../../server/identity/tokens.ts";
import { answering, NotServed, requireBody, requirePerson } from "../answers.ts";
import { refuseKey } from "../orderKey.ts";

/** The tokens of the person who asks, without their secrets. */
export function GET(request: Request) {
  return answering(async () => {
    const person = await requirePerson(request);
    return Response.json(await listTokens(house().prisma, person));
  });
}

/** A new token of the person who asks. Its secret is in this answer alone. */
export function POST(request: Request) {
  return answering(async () => {
    const person = await requirePerson(request);
    refuseKey(request);
    const body = await requireBody(request, MakeTokenBody);
    const made = await makeToken(house().prisma, person, body, Date.now());
    switch (made) {
      case "scopeTooWide":
        throw new NotServed({
          code: "notAllowed",
          message: `A token of yours can't have the scope ${body.scope}: your role is ${person.role}.`,
          todo: "Choose a narrower scope.",
        });
      case "tooMany":
        throw new NotServed({
          code: "conflict",
          message: "You have as many tokens as one person may have.",
          todo: "Revoke those that nothing uses any more.",
        });
      default:
        return Response.json(made, { status: 201, headers: { "cache-control": "no-store" } });
    }
  });
}
