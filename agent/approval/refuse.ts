import { Failure } from "../../domain/failure.ts";

/** Refuses an order (`notAuthorised`). The sentence names the check that refused it and the two values that differ. */
export function refuse(why: string): never {
  throw new Failure("notAuthorised", why);
}
