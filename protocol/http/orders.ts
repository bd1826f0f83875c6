import { z } from "zod";
import type { OrderName } from "../../domain/run/intents.ts";
import { Order } from "../../domain/run/intents.ts";

/** Orders that have a route of their own: two bring a signature that was asked for, one what was sealed. */
const ELSEWHERE: ReadonlySet<string> = new Set<OrderName>(["decide", "silenceTrigger", "recordSecret"]);

/**
 * An order to a run. `afterSeq` is the last event that the page had seen: nobody goes on past a hold that came after it.
 */
export const OrderBody = z.strictObject({
  order: Order.refine(({ order }) => !ELSEWHERE.has(order), "This order has a route of its own."),
  afterSeq: z.int().min(0),
});
export type OrderBody = z.infer<typeof OrderBody>;

/** What became of an order: the events it caused stand in the log up to `seq`. */
export type OrderAnswer =
  | { readonly accepted: true; readonly seq: number }
  | { readonly accepted: false; readonly because: string; readonly message: string; readonly detail: string };

/** A passphrase made in the browser, sealed (age) to the run key of a host. */
export const SealSecretBody = z.strictObject({
  secret: z.string().max(63),
  recipient: z.string().max(200),
  ciphertext: z.base64().max(12_000),
  place: z.string().trim().min(1, "Say where it is kept.").max(400),
});
