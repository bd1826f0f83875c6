import type { OrderAnswer } from "../../../../protocol/http/orders.ts";
import { NotServed } from "../../answers.ts";

/** The response to an order: 200 with the log's position, 409 with the reason, 503 while the engine has not answered yet. */
export function orderResponse(answer: OrderAnswer | undefined): Response {
  if (answer === undefined) {
    throw new NotServed({
      code: "unavailable",
      message: "The order was written down; the engine has not answered yet.",
      todo: "Don't order it again: this page shows what becomes of it.",
    });
  }
  if (answer.accepted) return Response.json(answer);
  throw new NotServed({
    code: "refused",
    because: answer.because,
    message: answer.message,
    ...(answer.detail === "" ? {} : { todo: answer.detail }),
  });
}
