import type { HostId } from "../../domain/ids.ts";
import type { HealthSample } from "../../protocol/agent.ts";
import type { Queryable } from "./queryable.ts";

/** Health is kept for so long; older samples go when a newer one comes. */
const KEPT_MS = 7 * 86_400_000;

/** Keeps a sample of a host's health, and drops those that are too old. */
export async function storeHealth(db: Queryable, hostId: HostId, at: number, sample: HealthSample): Promise<void> {
  await db.query({
    name: "store health",
    text: `with old as (delete from health_sample where host_id = $1 and at < $2::bigint - $4::bigint)
      insert into health_sample (host_id, at, sample) values ($1, $2::bigint, $3) on conflict do nothing`,
    values: [hostId, at, sample, KEPT_MS],
  });
}
