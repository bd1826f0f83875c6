import { UserId } from "../../../domain/ids.ts";
import type { Actor } from "../../../domain/run/actor.ts";
import type { PersonOnRecord } from "./subject.ts";

/** A person on record as the domain knows who orders. */
export const actorOf = ({ userId, role, groups }: PersonOnRecord): Actor => ({
  userId: UserId.parse(userId),
  roles: new Set([role]),
  groups,
});
