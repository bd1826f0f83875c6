import { CreateRunbookBody } from "../../../protocol/http/runbooks.ts";
import { house } from "../../../server/identity/door.ts";
import { storeRunbook } from "../../../server/runbooks/commands.ts";
import { listRunbooks } from "../../../server/runbooks/queries.ts";
import { answering, requireBody } from "../answers.ts";
import { requireCaller } from "../caller.ts";
import { onceFor } from "../orderKey.ts";

/** The newest version of each runbook. */
export function GET(request: Request) {
  return answering(async () => {
    await requireCaller(request, "read");
    return Response.json(await listRunbooks(house().prisma));
  });
}

/** A new version: checked first; every problem is answered with its line and column, and nothing is stored. */
export function POST(request: Request) {
  return answering(async () => {
    const actor = await requireCaller(request, "order", "operator", "approver");
    const { text } = await requireBody(request, CreateRunbookBody);
    const stored = await storeRunbook(onceFor(request, actor, { text }), text, actor.userId);
    return Response.json(stored, { status: stored.ok ? 201 : 422 });
  });
}
