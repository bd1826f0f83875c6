import type { RunId } from "../../domain/ids.ts";
import type { Order } from "../../domain/run/intents.ts";
import { REFUSALS, RefusalCode } from "../../domain/run/refusals.ts";
import type { OrderAnswer } from "../../protocol/http/orders.ts";
import { awaitAnswer, writeOrder } from "../db/inputs.ts";
import type { SignedIn } from "../identity/actor.ts";
import type { House } from "../identity/door.ts";
import type { Once } from "../identity/once.ts";
import { withoutKey } from "../identity/once.ts";

/** How long a route waits for the engine's answer. The order stands after that and may still be obeyed. */
const ANSWER_WITHIN_MS = 15_000;

/** The order as it was written down: where its answer will stand. */
export interface WrittenOrder {
  readonly inputId: string;
}

/**
 * Gives an order to a run and waits for the answer, which comes from the log. Undefined when the engine did not answer in time:
 * the order was written, and the page will see what became of it. `sawSeq`: the last event that the person had seen. `once`: how it is
 * written, where it came with a key; repeated, it waits for the answer of the first.
 */
export async function giveOrder(
  { pool }: House,
  actor: SignedIn,
  runId: RunId,
  order: Order,
  sawSeq?: number,
  once: Once<WrittenOrder> = withoutKey(pool),
): Promise<OrderAnswer | undefined> {
  const { userId, role } = actor;
  const who = {
    ...{ userId, role, groups: [...actor.groups] },
    ...(sawSeq === undefined ? {} : { sawSeq }),
    ...(actor.token === undefined ? {} : { tokenId: actor.token.id }),
  };
  const { inputId } =
    (await once.earlier()) ??
    (await once.write(async (client) => ({ inputId: await writeOrder(client, { runId, order, actor: who }) })));
  // It is written down now: a database that goes away while the answer is waited for takes nothing of it back.
  const answer = await awaitAnswer(pool, inputId, ANSWER_WITHIN_MS).catch(() => undefined);
  if (answer === undefined || answer.accepted) return answer;
  const code = RefusalCode.safeParse(answer.because);
  return {
    accepted: false,
    because: answer.because,
    message: code.success ? REFUSALS[code.data] : "The order was refused.",
    detail: answer.detail,
  };
}
