import { CreateWindowBody } from "../../../protocol/http/windows.ts";
import { house } from "../../../server/identity/door.ts";
import { createWindow } from "../../../server/windows/commands.ts";
import { listWindows } from "../../../server/windows/queries.ts";
import { answering, NotServed, requireBody } from "../answers.ts";
import { requireCaller } from "../caller.ts";
import { onceFor } from "../orderKey.ts";

/** Every window, open ones first. */
export function GET(request: Request) {
  return answering(async () => {
    await requireCaller(request, "read");
    return Response.json(await listWindows(house().prisma));
  });
}

/** A new window from a runbook, with its run in preparation. */
export function POST(request: Request) {
  return answering(async () => {
    const actor = await requireCaller(request, "order", "operator", "approver");
    const body = await requireBody(request, CreateWindowBody);
    const created = await createWindow(house(), actor, body, onceFor(request, actor, body));
    if (!created.ok) {
      throw new NotServed({
        code: "bodyInvalid",
        message: "Some fields are not right.",
        todo: "Correct the fields that are marked.",
        fields: created.fields,
      });
    }
    return Response.json({ windowId: created.windowId, runId: created.runId }, { status: 201 });
  });
}
