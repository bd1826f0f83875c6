import { hash } from "node:crypto";
import type pg from "pg";
import type { IdempotencyKey } from "../../protocol/http/idempotencyKey.ts";
import type { Earlier, Keyed } from "../db/keyedRequests.ts";
import { earlierAnswer, onceForKey } from "../db/keyedRequests.ts";
import { inTransaction } from "../db/queryable.ts";
import type { SignedIn } from "./actor.ts";

/** How an order is written down, so that it takes effect once where its sender gave it a key. What is answered must be JSON. */
export interface Once<Answer extends object> {
  /** The answer that this order had before: asked for first, so that a repeat is answered whatever has changed since. */
  earlier(): Promise<Answer | undefined>;
  /** Writes it, in one transaction with its key; where somebody was quicker with the same key, nothing is written and theirs is answered. */
  write(work: (client: pg.PoolClient) => Promise<Answer>): Promise<Answer>;
}

/** The key was used for another order. */
export class KeyOfAnotherOrder extends Error {
  override readonly name = "KeyOfAnotherOrder";
}

/** An order without a key: it is simply written. */
export function withoutKey<Answer extends object>(pool: pg.Pool): Once<Answer> {
  return {
    earlier: async () => undefined,
    write: (work) => inTransaction(pool, async (client) => ({ undo: false, value: await work(client) })),
  };
}

/**
 * An order with its sender's key. Keys are a person's own: two people may use the same one.
 *
 * @param what all that makes this order this order
 * @throws KeyOfAnotherOrder, from both functions
 */
export function withKey<Answer extends object>(
  pool: pg.Pool,
  actor: SignedIn,
  key: IdempotencyKey,
  what: readonly unknown[],
): Once<Answer> {
  const keyed: Keyed = { userId: actor.userId, key, fingerprint: hash("sha256", JSON.stringify(what), "hex") };
  const answerOf = (earlier: Earlier): Answer => {
    if (earlier === "otherOrder") throw new KeyOfAnotherOrder(key);
    return JSON.parse(earlier.answer);
  };
  return {
    earlier: async () => {
      const earlier = await earlierAnswer(pool, keyed);
      return earlier === undefined ? undefined : answerOf(earlier);
    },
    write: async (work) => {
      const done = await onceForKey(pool, keyed, work);
      return "now" in done ? done.now : answerOf(done.earlier);
    },
  };
}
