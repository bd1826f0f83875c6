import { listIncidents } from "../../../../server/hosts/incidents.ts";
import { house } from "../../../../server/identity/door.ts";
import { answering } from "../../answers.ts";
import { requireCaller } from "../../caller.ts";

/** What happened with hosts in the last 30 days that nobody may overlook. */
export function GET(request: Request) {
  return answering(async () => {
    await requireCaller(request, "read");
    return Response.json(await listIncidents(house().prisma, Date.now()));
  });
}
