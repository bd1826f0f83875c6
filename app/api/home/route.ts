import { viewHome } from "../../../server/home/queries.ts";
import { house } from "../../../server/identity/door.ts";
import { answering, requirePerson } from "../answers.ts";

/** What waits for the reader, what is on, what comes next. */
export function GET(request: Request) {
  return answering(async () => {
    const person = await requirePerson(request);
    return Response.json(await viewHome(house(), person));
  });
}
