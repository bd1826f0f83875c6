import { z } from "zod";

/** The header by which an order may be repeated without taking effect twice. */
export const IDEMPOTENCY_HEADER = "idempotency-key";

/** A key, made by whoever orders: a new one for each thing that is wanted, the same one for each repeat of it. A UUID is good. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "1 to 255 visible ASCII characters without blanks, such as a UUID");
export type IdempotencyKey = z.infer<typeof IdempotencyKey>;
