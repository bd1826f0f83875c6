import { resolve } from "node:path";
import pg from "pg";
import type { Environment } from "../../config.ts";
import { applyMigrations } from "../../db/applyMigrations.ts";
import type { Store } from "../../store.ts";
import { openRecords } from "../openRecords.ts";
import type { CommandReport } from "../report.ts";
import type { OpeningKey } from "./backupKey.ts";
import type { Manifest } from "./manifest.ts";
import { readBackup } from "./readBackup.ts";
import type { RestoredRows } from "./restoreRows.ts";
import { restoreRows } from "./restoreRows.ts";
import { writeBeside } from "./stateParts.ts";

/** What `slackwater restore` is told. */
export interface RestoreWords {
  readonly file: string;
  readonly key: OpeningKey;
  /** Only reads the backup and says what is in it. */
  readonly isCheck: boolean;
  /** Puts it in the place of a database that holds something; that stays under another name. */
  readonly isReplacing: boolean;
  /** Puts it back although the logs of some runs are not as they were written. */
  readonly evenDamaged: boolean;
  readonly state: string | undefined;
  readonly environment: Environment;
}

/**
 * Puts a backup back. First it is read whole, and then again into tables beside those that are there, in one transaction: whatever goes wrong,
 * nothing has changed. Runs that had not ended are held.
 */
export async function restore(words: RestoreWords): Promise<CommandReport> {
  const { key, state, environment } = words;
  const file = resolve(words.file);
  const { manifest, files } = await readBackup(file, key);
  if (words.isCheck) return { exitCode: 0, lines: contents(file, manifest) };
  const stamp = `before-restore-${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}`;
  const records = await openRecords({ environment, state, mayMake: true, purpose: "restore" });
  const { store, config } = records;
  const beside = writeBeside(config.stateDirectory, files, stamp);
  try {
    // Else our own pool would be one of those who are connected.
    await records.db.close();
    const client = await connect(store);
    let restored: RestoredRows;
    try {
      restored = await restoreRows(client, {
        ...words,
        file,
        key,
        manifest,
        schema: stamp.replaceAll("-", "_").toLowerCase(),
      });
    } finally {
      await client.end();
    }
    const kept = beside.putInPlace();
    await applyMigrations(store.ownerUrl, store.appRole === undefined ? {} : { appRole: store.appRole });
    return { exitCode: 0, lines: [...contents(file, manifest), ...next(restored, kept, manifest)] };
  } finally {
    beside.remove();
    await records.close();
  }
}

async function connect(store: Store): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: store.ownerUrl,
    application_name: "slackwater restore",
    keepAlive: true,
  });
  client.on("error", () => {}); // the query in flight reports it
  await client.connect();
  return client;
}

const day = (at: number): string => new Date(at).toISOString();

function contents(file: string, { takenAt, version, runs, files }: Manifest): readonly string[] {
  return [
    `${file}: whole, every sum fits`,
    `as of ${day(takenAt)}, by Slackwater ${version}: ${runs.all} runs, ${runs.notEnded} not ended; ${files.join(", ") || "no keys"}`,
  ];
}

function next(restored: RestoredRows, kept: readonly string[], manifest: Manifest): readonly string[] {
  const { logs, runs, keptSchema, migrated } = restored;
  const held = runs.filter(({ stage }) => stage !== "unread");
  return [
    `restored: ${logs.runs} runs with ${logs.events} events; ${logs.damaged.length === 0 ? "every chain verifies" : `THE CHAINS OF ${logs.damaged.length} RUNS DO NOT VERIFY`}`,
    ...logs.damaged.map(({ runId, why }) => `  ${runId}: ${why}`),
    ...(migrated.length === 0 ? [] : [`brought up to this version's schema: ${migrated.join(", ")}`]),
    ...(keptSchema === undefined
      ? []
      : [
          `What was in the database is kept in its schema ${keptSchema}. When nobody needs it: drop schema ${keptSchema} cascade`,
        ]),
    ...(kept.length === 0 ? [] : [`Other keys were in the state folder; they are kept as ${kept.join(", ")}`]),
    "",
    "Next:",
    ...(runs.length === 0
      ? []
      : [
          `- ${runs.length} runs had not ended. What hosts and people did after ${day(manifest.takenAt)} is not on record:`,
          ...held.map(({ runId, stage, isTakenOver }) => `    ${runId} ${stageWords(stage, isTakenOver)}`),
          ...runs
            .filter(({ stage }) => stage === "unread")
            .map(({ runId }) => `    ${runId} can't be read by this version, and is not driven`),
          "  Look on each host (slackwater-agent status) before anybody resumes one. An export made before, or an agent's journal, shows what is missing: slackwater verify.",
        ]),
    "- End the old server for good before this one starts. Two would order the same hosts about.",
    "- Start it: npm start. Everybody signs in again, and seals passphrases of runs that are under way again.",
    `- Whoever or whatever was removed after ${day(manifest.takenAt)} is there again: people who were erased, hosts, keys. Remove them again.`,
    "- Enrolment tokens that were not used are void; make new ones.",
  ];
}

function stageWords(stage: string, isTakenOver: boolean): string {
  if (isTakenOver) return "is carried on by a host, which joins it when it comes back";
  if (stage === "held") return "is HELD until somebody has looked and resumes it";
  return `is ${stage}; decisions that nothing was done on are void and asked for again`;
}
