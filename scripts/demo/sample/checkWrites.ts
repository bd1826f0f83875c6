import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { withSuperuser } from "./clusterProcess.ts";
import { readSampleState } from "./sampleState.ts";
import { missingWrites, readAcceptedWrites, summariseWrites } from "./writeSummary.ts";

/*
 * Compares what the writing client was promised with what the database holds. Run on the sample's host as
 *   node checkWrites.ts --state <state.json> [--from <ms>] [--to <ms>]
 * It prints one JSON line and exits with 1 when an acknowledged write is missing. --from and --to (milliseconds since the
 * epoch) say in which time the gap is looked for.
 */

const { values } = parseArgs({
  options: { state: { type: "string" }, from: { type: "string" }, to: { type: "string" } },
});
const { cluster, client } = await readSampleState(values.state ?? "");
if (!client) throw new Error("This sample has no writing client.");

// The file first: what is written meanwhile is in the database and not in the file, never the other way round.
const writes = readAcceptedWrites(await readFile(client.writesPath, "utf8"));
const storedIds = await withSuperuser(cluster, cluster.database, async (session) => {
  const sql = "select client_seq::text as id from operations where client_id = $1";
  const { rows } = await session.query<{ id: string }>(sql, [client.clientId]);
  return rows.map(({ id }) => Number(id));
});
const missing = missingWrites(writes, storedIds);
const limit = (text: string | undefined) => (text === undefined ? undefined : Number(text));
const summary = summariseWrites(writes, limit(values.from), limit(values.to));
console.log(
  JSON.stringify({
    ...summary,
    storedCount: storedIds.length,
    missingCount: missing.length,
    missing: missing.slice(0, 20),
  }),
);
process.exitCode = missing.length === 0 ? 0 : 1;
