import { PERSONS_WORD } from "../../../../../domain/identity/tokenScope.ts";
import { RunId } from "../../../../../domain/ids.ts";
import { OrderBody } from "../../../../../protocol/http/orders.ts";
import { house } from "../../../../../server/identity/door.ts";
import type { WrittenOrder } from "../../../../../server/runs/orderCommands.ts";
import { giveOrder } from "../../../../../server/runs/orderCommands.ts";
import { isRun } from "../../../../../server/runs/queries.ts";
import { answering, NotServed, notFound, requireBody, requireParameter } from "../../../answers.ts";
import { requireCaller } from "../../../caller.ts";
import { onceFor } from "../../../orderKey.ts";
import { orderResponse } from "../orderResponse.ts";

/** An order to a run: written down, dealt with by the engine, answered from the log. Whether it is allowed, the domain decides. */
export function POST(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    const actor = await requireCaller(request, "order");
    const runId = requireParameter((await params).runId, RunId);
    const { order, afterSeq } = await requireBody(request, OrderBody);
    if (!(await isRun(house(), runId))) throw notFound("run");
    if (actor.token && PERSONS_WORD.has(order.order)) throw personsWord();
    const once = onceFor<WrittenOrder>(request, actor, { order, afterSeq });
    return orderResponse(await giveOrder(house(), actor, runId, order, afterSeq, once));
  });
}

const personsWord = (): NotServed =>
  new NotServed({
    code: "notAllowed",
    message: "No token gives this order: it is a person's own word. Nothing was done.",
    todo: "Give it in the dashboard, signed in.",
  });
