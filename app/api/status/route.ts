import { house } from "../../../server/identity/door.ts";
import { viewStatus } from "../../../server/status/queries.ts";
import { answering } from "../answers.ts";

/** What the public status page shows. Needs no session and names no host, product or step. */
export function GET() {
  return answering(async () => Response.json(await viewStatus(house())));
}
