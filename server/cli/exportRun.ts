import { writeFileSync } from "node:fs";
import { RunId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { Environment } from "../config.ts";
import { exportRun } from "../db/runExport.ts";
import { openRecords } from "./openRecords.ts";
import type { CommandReport } from "./report.ts";
import { UsageFailure } from "./report.ts";

/** Writes a run from the database to a file that is new: never over one that is there, because an older export is an anchor. */
export async function exportToFile(words: {
  readonly runId: string;
  readonly out: string | undefined;
  readonly state: string | undefined;
  readonly environment: Environment;
  readonly now: number;
}): Promise<CommandReport> {
  const { out, state, environment } = words;
  const runId = RunId.safeParse(words.runId);
  if (!runId.success) throw new UsageFailure(`"${words.runId}" is not the id of a run.`);
  if (out === undefined) throw new UsageFailure("Say where to write it: --out <file>");
  const records = await openRecords({ environment, state, mayMake: false, purpose: "export" });
  try {
    const address = new URL(records.url);
    const site = { rpId: address.hostname, origins: [address.origin] };
    const text = await exportRun(records.db.pool, runId.data, site, Instant.parse(words.now));
    if (text === undefined) return { exitCode: 1, lines: [`There is no run ${runId.data} in this database.`] };
    writeFileSync(out, text, { flag: "wx" });
    const events = text.split("\n").length - 3; // header, footer, and what follows the last line feed
    return { exitCode: 0, lines: [`${out}: ${events} events, ${Buffer.byteLength(text)} bytes`] };
  } finally {
    await records.close();
  }
}
