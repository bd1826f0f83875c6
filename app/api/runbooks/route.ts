import { CreateRunbookBody } from "../../../protocol/http/runbooks.ts";
import { house } from "../../../server/identity/door.ts";
import { storeRunbook } from "../../../server/runbooks/commands.ts";
import { listRunbooks } from "../../../server/runbooks/queries.ts";
import { answering, requireBody, requirePerson } from "../answers.ts";

/** The newest version of each runbook. */
export function GET(request: Request) {
  return answering(async () => {
    await requirePerson(request);
    return Response.json(await listRunbooks(house().prisma));
  });
}

/** A new version: checked first; every problem is answered with its line and column, and nothing is stored. */
export function POST(request: Request) {
  return answering(async () => {
    const actor = await requirePerson(request, "operator", "approver");
    const { text } = await requireBody(request, CreateRunbookBody);
    const stored = await storeRunbook(house().prisma, text, actor.userId);
    return Response.json(stored, { status: stored.ok ? 201 : 422 });
  });
}
