import { writeFileSync } from "node:fs";
import { RunId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { Environment } from "../config.ts";
import { readConfig } from "../config.ts";
import { openDatabase } from "../db/client.ts";
import { exportRun } from "../db/runExport.ts";
import { openStore } from "../store.ts";
import type { CommandReport } from "./report.ts";
import { UsageFailure } from "./report.ts";

/** Writes a run from the database (DATABASE_URL, or the embedded one of STATE_DIRECTORY, running or not) to a file that is new. */
export async function exportToFile(words: {
  readonly runId: string;
  readonly out: string;
  readonly environment: Environment;
  readonly now: number;
}): Promise<CommandReport> {
  const runId = RunId.safeParse(words.runId);
  if (!runId.success) throw new UsageFailure(`"${words.runId}" is not the id of a run`);
  const config = readConfig(words.environment, []);
  const store = await openStore(config, () => {});
  const db = openDatabase(store.appUrl, { poolSize: 1, applicationName: "slackwater export" });
  try {
    const address = new URL(config.appUrl ?? `http://localhost:${config.port}`);
    const site = { rpId: address.hostname, origins: [address.origin] };
    const text = await exportRun(db.pool, runId.data, site, Instant.parse(words.now));
    if (text === undefined) return { exitCode: 1, lines: [`There is no run ${runId.data} in this database.`] };
    // Never over a file that is there: an older export is an anchor.
    writeFileSync(words.out, text, { flag: "wx" });
    return {
      exitCode: 0,
      lines: [`${words.out}: ${text.split("\n").length - 3} events, ${Buffer.byteLength(text)} bytes`],
    };
  } finally {
    await db.close();
    await store.close();
  }
}
