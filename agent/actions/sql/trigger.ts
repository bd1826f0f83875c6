import type pg from "pg";
import type { z } from "zod";
import type { TriggerState } from "../../../domain/action/sql.ts";
import { sqlTrigger } from "../../../domain/action/sql.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Action } from "../action.ts";
import { withClient } from "../postgres/connect.ts";
import { quotedTable } from "../postgres/countSql.ts";
import type { Blocked } from "./blockers.ts";
import { watchingBlockers } from "./blockers.ts";
import { inTransaction } from "./lockRetry.ts";

type Args = z.output<typeof sqlTrigger.args>;
type Result = z.output<typeof sqlTrigger.result>;

/** `pg_trigger.tgenabled`: https://www.postgresql.org/docs/current/catalog-pg-trigger.html */
const STATES: Readonly<Record<string, TriggerState>> = { O: "enabled", D: "disabled", R: "replica", A: "always" };

const WORDS = {
  enabled: "enable trigger",
  disabled: "disable trigger",
  replica: "enable replica trigger",
  always: "enable always trigger",
} as const satisfies Record<TriggerState, string>;

/** The work is one row of the catalogue: only the lock that it needs takes time. */
const TIMEOUT_MS = 60_000;

/** `sql.trigger`: nobody may write to the table while it is switched, so the lock is asked for briefly and again. */
export const sqlTriggerAction: Action<typeof sqlTrigger.args, typeof sqlTrigger.result> = {
  spec: sqlTrigger,
  plan: (args) => [
    {
      kind: "note",
      text: `with lock_timeout ${args.lockWaitMs} ms, ${args.lockTries} times at most: ${switchSql(args)}`,
    },
  ],
  run: (args, context) =>
    withClient(args.cluster, async (client) => {
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
      return watchingBlockers(args.cluster, rows[0]?.pid ?? 0, context, (blocked) =>
        switchTrigger(client, blocked, args, context),
      );
    }),
  // How it was before an attempt of unknown outcome can't be seen any more: the hint for its undo has it.
  inspect: (args) =>
    withClient(args.cluster, async (client) =>
      (await stateOf(client, args)) === args.state
        ? { state: "halfWay", found: `${args.trigger} is ${args.state} already.` }
        : { state: "notBegun" },
    ),
};

const switchSql = ({ table, trigger, state }: Args) =>
  `alter table ${quotedTable(table)} ${WORDS[state]} "${trigger.replaceAll('"', '""')}"`;

async function switchTrigger(
  client: pg.Client,
  blocked: () => Blocked,
  args: Args,
  context: ActionContext,
): Promise<Result> {
  const beganMs = performance.now();
  const { table, trigger, state, lockWaitMs, lockTries } = args;
  const was = await stateOf(client, args);
  let retries = 0;
  if (was !== state) {
    context.recordUndo({ kind: "triggerSwitched", facts: { table, trigger, was } });
    const retried = () => {
      retries += 1;
    };
    await inTransaction(client, { lockWaitMs, lockTries, timeoutMs: TIMEOUT_MS }, context, { blocked, retried }, () =>
      client.query(switchSql(args)),
    );
  }
  const now = await stateOf(client, args);
  if (now !== state)
    throw new Failure(
      "expectationFailed",
      `${trigger} of ${table} is ${now}, not ${state}: somebody else switched it.`,
    );
  const { ms, by } = blocked();
  return {
    was,
    now,
    changed: was !== state,
    retries_count: retries,
    blocked_ms: ms,
    blocked_by: [...by],
    duration_ms: Math.round(performance.now() - beganMs),
  };
}

/** Throws `expectationFailed` where the table has no such trigger; those that PostgreSQL made for a constraint are none. */
async function stateOf(client: pg.Client, { table, trigger }: Args): Promise<TriggerState> {
  const { rows } = await client.query<{ state: string }>(
    `select tgenabled::text as state from pg_trigger where tgrelid = to_regclass($1) and tgname = $2 and not tgisinternal`,
    [quotedTable(table), trigger],
  );
  const state = STATES[rows[0]?.state ?? ""];
  if (state === undefined) throw new Failure("expectationFailed", `${table} has no trigger ${trigger}.`);
  return state;
}
