import type { Notice } from "./notices.ts";
import { CHANNEL } from "./notices.ts";
import type { Queryable } from "./queryable.ts";

/**
 * Tells the other processes where something is new, after it was committed. Notices of the same thing within one tick become
 * one, and all of a tick are one statement: a NOTIFY takes a lock of the whole database when it commits, so it is kept out of
 * the appends themselves (measured: 4,900 appends a second without, 2,300 with it).
 */
export interface Notifier {
  /** Puts a notice into the next tick. */
  tell(notice: Notice): void;
  /** Sends what is waiting and ends. */
  close(): Promise<void>;
}

const TICK_MS = 20;

/** Makes a notifier. A tick that fails (the database is away) is logged and dropped: everyone reads again when it is back. */
export function createNotifier(db: Queryable, log: (line: string) => void): Notifier {
  let waiting = new Map<string, Notice>();
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();

  const send = async (): Promise<void> => {
    timer = undefined;
    const texts = [...waiting.values()].map((notice) => JSON.stringify(notice));
    waiting = new Map();
    if (texts.length === 0) return;
    await db
      .query({
        name: "notify",
        text: `select pg_notify($1, text) from unnest($2::text[]) text`,
        values: [CHANNEL, texts],
      })
      .catch((error: unknown) => log(`notices not sent: ${String(error)}`));
  };
  return {
    tell(notice) {
      waiting.set(keyOf(notice), notice);
      timer ??= setTimeout(() => {
        sending = sending.then(send);
      }, TICK_MS);
    },
    async close() {
      clearTimeout(timer);
      await sending;
      await send();
    },
  };
}

/** Tells at the commit of the transaction that `db` is in: for what happens seldom, where the lock of the whole database costs nothing. */
export async function notifyAtCommit(db: Queryable, ...notices: readonly Notice[]): Promise<void> {
  const texts = notices.map((notice) => JSON.stringify(notice));
  await db.query("select pg_notify($1, text) from unnest($2::text[]) text", [CHANNEL, texts]);
}

/** What two notices must share for the later one to stand for both. */
function keyOf(notice: Notice): string {
  switch (notice.about) {
    case "run":
    case "inputs":
      return `${notice.about} ${notice.runId}`;
    case "host":
    case "link":
      return `${notice.about} ${notice.hostId}`;
    case "windows":
      return notice.about;
    default:
      return notice satisfies never;
  }
}
