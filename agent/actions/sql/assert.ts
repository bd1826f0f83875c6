import type pg from "pg";
import type { z } from "zod";
import { sqlAssert } from "../../../domain/action/sql.ts";
import { unmetBy } from "../../../domain/action/sqlAssertions.ts";
import { toSafeText } from "../../../domain/text/safeText.ts";
import { observing } from "../observing.ts";
import { withClient } from "../postgres/connect.ts";
import { runOne, textOf } from "../postgres/oneStatement.ts";

type Args = z.output<typeof sqlAssert.args>;

/** Longest value that is shown. */
const VALUE_LENGTH = 1000;

/**
 * `sql.assert`. By a cursor: it takes nothing but a query that changes nothing, and of a query with a million rows no more than
 * two are read.
 */
export const sqlAssertAction = observing(sqlAssert, {
  plan: ({ sql }) => [{ kind: "note", text: `in a read-only transaction, two rows at most: ${sql}` }],
  run: (args) => withClient(args.cluster, (client) => assertRow(client, args)),
});

async function assertRow(client: pg.Client, args: Args): Promise<z.output<typeof sqlAssert.result>> {
  await client.query("begin read only");
  await client.query(`set local statement_timeout = ${args.timeoutMs}`);
  const began = performance.now();
  await runOne(client, `declare slackwater_row no scroll cursor for ${args.sql}`);
  const { columns, rows } = await runOne(client, "fetch 2 from slackwater_row");
  const durationMs = performance.now() - began;
  await client.query("rollback");
  const row = Object.fromEntries(columns.map((name, i) => [name, textOf(rows[0]?.[i])]));
  const unmet = rows.length === 1 ? unmetBy(row, args.expect) : [];
  const notOne = rows.length === 0 ? ["there is no row"] : rows.length > 1 ? ["there is more than one row"] : [];
  const failed = [...notOne, ...unmet].map(shown);
  return {
    ok: failed.length === 0,
    failed,
    failed_count: failed.length,
    assertions_count: args.expect.length,
    row_count: rows.length,
    row: Object.fromEntries(
      Object.entries(row).flatMap(([name, text]) =>
        text === null ? [] : [[name, shown(text).slice(0, VALUE_LENGTH)]],
      ),
    ),
    detail: failed.join("; ").slice(0, 400),
    duration_ms: durationMs,
  };
}

const shown = (text: string) => toSafeText(Buffer.from(text));
