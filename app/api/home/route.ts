import { viewHome } from "../../../server/home/queries.ts";
import { house } from "../../../server/identity/door.ts";
import { answering } from "../answers.ts";
import { requireCaller } from "../caller.ts";

/** What waits for the reader, what is on, what comes next. */
export function GET(request: Request) {
  return answering(async () => {
    const person = await requireCaller(request, "read");
    return Response.json(await viewHome(house(), person));
  });
}
