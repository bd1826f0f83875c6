import { z } from "zod";
import { HostId, TaskId, UserId } from "../ids.ts";
import { Instant } from "../time.ts";

export const FactName = z
  .string()
  .max(120)
  .regex(
    /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,4}$/,
    "two or more lower-case words joined by dots, such as db.size_bytes",
  )
  .brand<"FactName">();
/** The name of a fact: `db.size_bytes`. The last word carries the unit (`_bytes`, `_ms`, `_count`) where there is one. */
export type FactName = z.infer<typeof FactName>;

/** The kinds of value a fact can have; each fixes the unit: size is bytes, duration and instant are milliseconds. */
export const FactType = z.enum(["size", "count", "number", "percent", "duration", "instant", "text", "flag", "record"]);
export type FactType = z.infer<typeof FactType>;

export const FactValue = z.union([
  z.boolean(),
  z.number().refine((n) => Number.isFinite(n) && (!Number.isInteger(n) || Number.isSafeInteger(n)), "a safe number"),
  z.string().max(4000),
  z.record(z.string().max(200), z.union([z.boolean(), z.number(), z.string().max(400)])),
]);
/** A measured value. A record holds several of one kind (rows by table). */
export type FactValue = z.infer<typeof FactValue>;

/** Where a fact comes from: a task on a host, a probe on a host, or a person who attested it. */
export const FactSource = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("task"), taskId: TaskId, hostId: HostId }),
  z.strictObject({ kind: z.literal("probe"), probeId: z.string().max(63), hostId: HostId }),
  z.strictObject({ kind: z.literal("person"), userId: UserId, reason: z.string().max(2000) }),
]);
export type FactSource = z.infer<typeof FactSource>;

export const Fact = z.strictObject({
  name: FactName,
  value: FactValue,
  measuredAt: Instant,
  /** After this moment the fact is stale, not true. Absent: it does not age. */
  staleAt: Instant.optional(),
  source: FactSource,
});
/** A measured value with its source and time. */
export type Fact = z.infer<typeof Fact>;

/** An old fact is stale. Stale facts keep their value on screen and count for nothing in a decision. */
export function isStale(fact: Fact, now: Instant): boolean {
  return fact.staleAt !== undefined && now >= fact.staleAt;
}
