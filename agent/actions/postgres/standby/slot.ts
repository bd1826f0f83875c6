import type pg from "pg";
import type { z } from "zod";
import { postgresDropSlot } from "../../../../domain/action/postgresStandby.ts";
import { Failure } from "../../../../domain/failure.ts";
import type { Action } from "../../action.ts";
import { withClient } from "../connect.ts";

/** A replication slot as the server shows it. */
interface Slot {
  readonly slot_type: string;
  readonly active: boolean;
  readonly kept_bytes: string;
}

const SLOT = `select slot_type, active, coalesce(greatest(pg_wal_lsn_diff(
  case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, restart_lsn), 0), 0)::text as kept_bytes
  from pg_replication_slots where slot_name = $1`;

async function slotNamed(client: pg.Client, name: string): Promise<Slot | undefined> {
  return (await client.query<Slot>(SLOT, [name])).rows[0];
}

/**
 * Makes the slot, which keeps what is written from now on; one that is there and that nobody uses is taken as it is. Throws
 * `expectationFailed` for one that is another's.
 */
export async function makeSlot(client: pg.Client, name: string): Promise<void> {
  const there = await slotNamed(client, name);
  if (there === undefined) {
    await client.query("select pg_create_physical_replication_slot($1, true)", [name]);
    return;
  }
  if (there.active || there.slot_type !== "physical") {
    throw new Failure(
      "expectationFailed",
      `There is a replication slot ${name} that ${there.active ? "somebody uses" : `is ${there.slot_type}`}. Choose another name.`,
    );
  }
}

type Args = z.output<typeof postgresDropSlot.args>;
type Result = z.output<typeof postgresDropSlot.result>;

async function dropSlot({ cluster, slot }: Args): Promise<Result> {
  return withClient(cluster, async (client) => {
    const there = await slotNamed(client, slot);
    if (there === undefined) return { dropped: false, kept_bytes: 0 };
    if (there.active) {
      throw new Failure("expectationFailed", `A standby uses the replication slot ${slot}. Stop it first.`);
    }
    await client.query("select pg_drop_replication_slot($1)", [slot]);
    return { dropped: true, kept_bytes: Number(there.kept_bytes) };
  });
}

/** `postgres.dropSlot`. */
export const postgresDropSlotAction: Action<typeof postgresDropSlot.args, typeof postgresDropSlot.result> = {
  spec: postgresDropSlot,
  plan: ({ slot }) => [{ kind: "note", text: `select pg_drop_replication_slot('${slot}'), where nobody uses it` }],
  run: dropSlot,
  inspect: async ({ cluster, slot }) => {
    const there = await withClient(cluster, (client) => slotNamed(client, slot));
    return there === undefined ? { state: "done", result: { dropped: false, kept_bytes: 0 } } : { state: "notBegun" };
  },
};
