import { RunId } from "../../../../../domain/ids.ts";
import { OrderBody } from "../../../../../protocol/http/orders.ts";
import { house } from "../../../../../server/identity/door.ts";
import { giveOrder } from "../../../../../server/runs/orderCommands.ts";
import { isRun } from "../../../../../server/runs/queries.ts";
import { answering, notFound, requireBody, requireParameter, requirePerson } from "../../../answers.ts";
import { orderResponse } from "../orderResponse.ts";

/** An order to a run: written down, dealt with by the engine, answered from the log. Whether it is allowed, the domain decides. */
export function POST(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    const actor = await requirePerson(request);
    const runId = requireParameter((await params).runId, RunId);
    const { order, afterSeq } = await requireBody(request, OrderBody);
    if (!(await isRun(house(), runId))) throw notFound("run");
    return orderResponse(await giveOrder(house(), actor, runId, order, afterSeq));
  });
}
