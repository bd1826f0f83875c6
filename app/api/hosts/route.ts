import { listHosts } from "../../../server/hosts/queries.ts";
import { house } from "../../../server/identity/door.ts";
import { answering, requirePerson } from "../answers.ts";

/** Every enrolled host. */
export function GET(request: Request) {
  return answering(async () => {
    await requirePerson(request);
    return Response.json(await listHosts(house()));
  });
}
