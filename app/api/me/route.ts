import { house } from "../../../server/identity/door.ts";
import { presentMe } from "../../../server/identity/people.ts";
import { answering, requirePerson } from "../answers.ts";

/** The person who is signed in. */
export function GET(request: Request) {
  return answering(async () => {
    const person = await requirePerson(request);
    return Response.json(await presentMe(house().prisma, person));
  });
}
