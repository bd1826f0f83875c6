import { listHosts } from "../../../server/hosts/queries.ts";
import { house } from "../../../server/identity/door.ts";
import { answering } from "../answers.ts";
import { requireCaller } from "../caller.ts";

/** Every enrolled host. */
export function GET(request: Request) {
  return answering(async () => {
    await requireCaller(request, "read");
    return Response.json(await listHosts(house()));
  });
}
