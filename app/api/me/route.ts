import { house } from "../../../server/identity/door.ts";
import { presentMe } from "../../../server/identity/people.ts";
import { answering } from "../answers.ts";
import { requireCaller } from "../caller.ts";

/** The person who is signed in. */
export function GET(request: Request) {
  return answering(async () => {
    const person = await requireCaller(request, "read");
    return Response.json(await presentMe(house().prisma, person));
  });
}
