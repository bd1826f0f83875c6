import pg from "pg";
import { CHANNEL, Notice } from "./notices.ts";

/** Hears the notices of all processes over one connection of its own. */
export interface NoticeListener {
  /** Told every notice, and `undefined` after each (re)connect: notices may have been missed, read everything again. */
  subscribe(hear: (notice: Notice | undefined) => void): () => void;
  /** Resolves when the first connection stands. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A connection that is silently gone answers no query: it is asked this often. */
const CHECK_MS = 10_000;

/**
 * Listens on a connection outside every pool (a pooler in transaction mode loses LISTEN), and connects again for as long as it
 * is not closed. PostgreSQL keeps no notice for a listener that is away, so subscribers are told when to read again.
 */
export function listenForNotices(url: string, log: (line: string) => void): NoticeListener {
  const subscribers = new Set<(notice: Notice | undefined) => void>();
  const first = Promise.withResolvers<void>();
  let closed = false;
  let client: pg.Client | undefined;
  let wake: (() => void) | undefined;

  const tellAll = (notice: Notice | undefined): void => {
    for (const hear of subscribers) hear(notice);
  };

  const hold = async (): Promise<void> => {
    const mine = new pg.Client({
      connectionString: url,
      application_name: "slackwater listener",
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
      query_timeout: CHECK_MS,
    });
    client = mine;
    const lost = Promise.withResolvers<void>();
    mine.on("error", () => lost.resolve());
    mine.on("end", () => lost.resolve());
    mine.on("notification", ({ payload }) => {
      const notice = Notice.safeParse(parseJson(payload ?? ""));
      if (notice.success) tellAll(notice.data);
    });
    const check = setInterval(() => void mine.query("select 1").catch(() => lost.resolve()), CHECK_MS);
    try {
      await mine.connect();
      await mine.query(`listen ${CHANNEL}`);
      first.resolve();
      tellAll(undefined);
      await lost.promise;
    } finally {
      clearInterval(check);
      client = undefined;
      await mine.end().catch(() => {});
    }
  };

  const holdForever = async (): Promise<void> => {
    let pauseMs = FIRST_PAUSE_MS;
    while (!closed) {
      const since = performance.now();
      await hold().catch((error: unknown) => log(`can't listen for notices: ${String(error)}`));
      if (closed) return;
      pauseMs = performance.now() - since > LONGEST_PAUSE_MS ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      const pause = Promise.withResolvers<void>();
      wake = pause.resolve;
      const timer = setTimeout(pause.resolve, pauseMs);
      await pause.promise;
      clearTimeout(timer);
    }
  };

  const holding = holdForever();
  return {
    ready: first.promise,
    subscribe(hear) {
      subscribers.add(hear);
      return () => subscribers.delete(hear);
    },
    async close() {
      closed = true;
      wake?.();
      await client?.end().catch(() => {});
      await holding;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
