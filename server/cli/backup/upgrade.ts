import pg from "pg";
import type { Environment } from "../../config.ts";
import { applyMigrations } from "../../db/applyMigrations.ts";
import { checkLogs } from "../../db/copy/checkLogs.ts";
import { otherSessions } from "../../db/copy/otherSessions.ts";
import { prepareJobs } from "../../engine/prepareJobs.ts";
import { openRecords } from "../openRecords.ts";
import type { CommandReport } from "../report.ts";
import { backup } from "./backup.ts";
import type { SealingKey } from "./backupKey.ts";

/** A window is open from so long before its start on: people are there and look. */
const SOON = "1 hour";

/**
 * Brings the database to this version: not in the middle of a window, not under a server that runs, and with a backup that is the way back.
 * The server is started by whatever starts it here.
 */
export async function upgrade(words: {
  readonly file: string;
  readonly key: SealingKey;
  /** Also while a window is open. */
  readonly isForced: boolean;
  readonly state: string | undefined;
  readonly environment: Environment;
}): Promise<CommandReport> {
  const { file, key, isForced, state, environment } = words;
  const records = await openRecords({ environment, state, mayMake: false, purpose: "upgrade" });
  try {
    const { store } = records;
    // Else our own pool would be one of those who are connected.
    await records.db.close();
    const open = await lookFirst(store.ownerUrl);
    if (open.length > 0 && !isForced) {
      return {
        exitCode: 1,
        lines: [
          "A window is open, and nothing was changed:",
          ...open,
          "Wait until it is over, or say --force: a run that is under way goes on at its hosts meanwhile, and here when the server is back.",
        ],
      };
    }
    const { lines } = await backup({ file, key, state, environment });
    const applied = await applyMigrations(
      store.ownerUrl,
      store.appRole === undefined ? {} : { appRole: store.appRole },
    );
    await prepareJobs(store.ownerUrl, store.appRole);
    return { exitCode: 0, lines: [...lines, "", ...(await done(store.ownerUrl, applied, file))] };
  } finally {
    await records.close();
  }
}

/** Refuses while somebody is connected; answers the windows that are open, each as a line. */
async function lookFirst(url: string): Promise<readonly string[]> {
  return asOwner(url, async (client) => {
    const others = await otherSessions(client);
    if (others.length > 0) {
      throw new Error(`The database is in use (${others.join(", ")}). Stop the server first. Nothing was changed.`);
    }
    const { rows } = await client.query<{ title: string; stage: string; starts: Date }>(
      `select w.title, r.stage, w.starts_at as starts from run r join "window" w on w.id = r.window_id
       where r.stage in ('running', 'held', 'rollingBack')
         or (r.stage <> 'ended' and w.ends_at > now() and w.starts_at < now() + interval '${SOON}')
       order by w.starts_at`,
    );
    return rows.map(({ title, stage, starts }) => `  ${title}: ${stage}, from ${starts.toISOString()}`);
  });
}

async function done(url: string, applied: readonly string[], file: string): Promise<readonly string[]> {
  const { runs, events, damaged } = await asOwner(url, checkLogs);
  return [
    applied.length === 0 ? "The schema is this version's already." : `Migrated: ${applied.join(", ")}`,
    damaged.length === 0
      ? `${runs} runs with ${events} events: every chain verifies.`
      : `THE CHAINS OF ${damaged.length} RUNS DO NOT VERIFY: ${damaged.map(({ runId, why }) => `${runId} (${why})`).join("; ")}`,
    "Start the server now, as always: npm start.",
    `To go back: stop it, install the version from before, and there: slackwater restore ${file} --replace. What was done meanwhile is then not on record, and runs that had not ended are held.`,
  ];
}

async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "slackwater upgrade" });
  client.on("error", () => {}); // the query in flight reports it
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
