import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** Advisory lock that every instance using an embedded server holds in shared mode, in the `postgres` database. */
const HOLD_LOCK = 72_707_370;

/** The session of an instance that was killed a moment ago ends a moment later: it is given that long. */
const ASKED_MOST = 6;
const ASK_AGAIN_MS = 100;

/**
 * This instance's hold on an embedded server: one session that lasts as long as the instance. The server's lock table,
 * and not a file, says whether somebody else uses it: a killed instance's hold ends with its session.
 */
export interface Holder {
  readonly client: pg.Client;
  /** Resolves when the session ends without release: the server was killed. */
  readonly lost: Promise<void>;
  /** Gives up the hold. True when nobody else holds the server, which may then be stopped: newcomers wait meanwhile. */
  releaseAndAskIfLast(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Takes the hold. Waits while another instance is stopping the server; the wait then ends in an error, because the
 * session is cut, and the caller looks for (or starts) a server again.
 */
export async function takeHold(adminUrl: string): Promise<Holder> {
  const client = new pg.Client({
    connectionString: adminUrl,
    application_name: "slackwater hold",
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  const lost = new Promise<void>((resolve) => {
    client.once("error", () => resolve());
    client.once("end", () => resolve());
  });
  client.on("error", () => {}); // told by `lost`; an unheard error event would end the process
  await client.connect();
  try {
    await client.query("select pg_advisory_lock_shared($1)", [HOLD_LOCK]);
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
  return {
    client,
    lost,
    releaseAndAskIfLast: async () => {
      await client.query("select pg_advisory_unlock_shared($1)", [HOLD_LOCK]);
      for (let asked = 1; ; asked += 1) {
        const { rows } = await client.query<{ last: boolean }>("select pg_try_advisory_lock($1) as last", [HOLD_LOCK]);
        if (rows[0]?.last === true) return true;
        if (asked === ASKED_MOST) return false;
        await sleep(ASK_AGAIN_MS);
      }
    },
    // end() waits for an event that may have come already, when the server cut the session first
    close: () => Promise.race([client.end().catch(() => {}), lost]),
  };
}
