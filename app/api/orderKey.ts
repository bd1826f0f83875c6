import { IDEMPOTENCY_HEADER, IdempotencyKey } from "../../protocol/http/idempotencyKey.ts";
import type { SignedIn } from "../../server/identity/actor.ts";
import { house } from "../../server/identity/door.ts";
import type { Once } from "../../server/identity/once.ts";
import { withKey, withoutKey } from "../../server/identity/once.ts";
import { NotServed } from "./answers.ts";

/**
 * How this order is written: with its `Idempotency-Key` it takes effect once, and has its first answer again after that; without one it is
 * simply done.
 *
 * @param body what was ordered, parsed
 */
export function onceFor<Answer extends object>(request: Request, actor: SignedIn, body: unknown): Once<Answer> {
  const given = request.headers.get(IDEMPOTENCY_HEADER);
  if (given === null) return withoutKey(house().pool);
  const key = IdempotencyKey.safeParse(given);
  if (!key.success) {
    throw new NotServed({
      code: "bodyInvalid",
      message: "The Idempotency-Key is no key. Nothing was done.",
      todo: `Send ${key.error.issues[0]?.message ?? "another"}.`,
    });
  }
  return withKey(house().pool, actor, key.data, [request.method, new URL(request.url).pathname, body]);
}

/** For what is answered with a secret: that is kept nowhere, so that a repeat could not have it again. */
export function refuseKey(request: Request): void {
  if (request.headers.get(IDEMPOTENCY_HEADER) === null) return;
  throw new NotServed({
    code: "bodyInvalid",
    message: "This takes no Idempotency-Key: its answer holds a secret, which is kept nowhere. Nothing was done.",
    todo: "Leave the header out; a repeat makes another secret.",
  });
}
