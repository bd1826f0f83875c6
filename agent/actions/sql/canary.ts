import type pg from "pg";
import type { z } from "zod";
import { sqlCanary } from "../../../domain/action/sql.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Action } from "../action.ts";
import { withClient } from "../postgres/connect.ts";
import type { Answered } from "../postgres/oneStatement.ts";
import { readNumber, runOne, textOf } from "../postgres/oneStatement.ts";

type Args = z.output<typeof sqlCanary.args>;
type Result = z.output<typeof sqlCanary.result>;

/** `sql.canary`: never committed, so that there is nothing that could be left. */
export const sqlCanaryAction: Action<typeof sqlCanary.args, typeof sqlCanary.result> = {
  spec: sqlCanary,
  plan: ({ insert, check, find, marker }) => [
    { kind: "note", text: `with $1 = ${marker}, none may be there: ${find}` },
    { kind: "note", text: `in a transaction: ${insert}` },
    { kind: "note", text: `set constraints all immediate; then: ${check}` },
    { kind: "note", text: "roll it back, and look again that none is there" },
  ],
  run: (args, context) => withClient(args.cluster, (client) => tryCanary(client, args, context)),
  inspect: () => Promise.resolve({ state: "notBegun" }),
};

async function tryCanary(client: pg.Client, args: Args, context: ActionContext): Promise<Result> {
  const beganMs = performance.now();
  const { find, marker } = args;
  const before = await readNumber(client, "find", find, [marker]);
  if (before > 0) {
    const message = `${before} rows have the marker ${marker} already: they are somebody's. Choose another marker, or remove them by hand.`;
    throw new Failure("expectationFailed", message);
  }
  const { insertedCount, insertMs, checks } = await lookInside(client, args);
  const left = await readNumber(client, "find", find, [marker]);
  const failed = Object.keys(checks).filter((name) => checks[name] !== true);
  context.log(
    `The canary took ${insertMs.toFixed(1)} ms; ${failed.length === 0 ? "all of it holds" : `not: ${failed.join(", ")}`}.`,
  );
  return {
    ok: failed.length === 0,
    checks,
    failed,
    inserted_count: insertedCount,
    left_count: left,
    insert_ms: insertMs,
    duration_ms: Math.round(performance.now() - beganMs),
  };
}

async function lookInside(client: pg.Client, { insert, check, marker, lockWaitMs, timeoutMs }: Args) {
  await client.query("begin");
  try {
    await client.query(`set local lock_timeout = ${lockWaitMs}`);
    await client.query(`set local statement_timeout = ${timeoutMs}`);
    const began = performance.now();
    const { command, rowCount } = await runOne(client, insert, [marker]);
    const insertMs = performance.now() - began;
    if (command !== "INSERT" || rowCount === 0) {
      const message = `A canary is one INSERT of at least one row; this was ${command || "nothing"} of ${rowCount} rows.`;
      throw new Failure("argumentsInvalid", message);
    }
    // What waits for the commit is fired here: there will be none.
    await client.query("set constraints all immediate");
    return { insertedCount: rowCount, insertMs, checks: readChecks(await runOne(client, check, [marker])) };
  } finally {
    await client.query("rollback");
  }
}

/** Throws `argumentsInvalid` for what is not one row of yes and no. A value that is not there is a no. */
function readChecks({ columns, rows }: Answered): Record<string, boolean> {
  const [row, ...others] = rows;
  const values = columns.map((name, i) => [name, textOf(row?.[i])] as const);
  const odd = values.filter(([, text]) => text !== null && text !== "true" && text !== "false").map(([name]) => name);
  if (row === undefined || others.length > 0 || columns.length === 0 || odd.length > 0) {
    const why = odd.length > 0 ? `${odd.join(", ")} is no yes or no` : `it gave ${rows.length} rows`;
    throw new Failure("argumentsInvalid", `"check" must give one row of yes and no: ${why}.`);
  }
  return Object.fromEntries(values.map(([name, text]) => [name, text === "true"]));
}
