import type { RunId } from "../../domain/ids.ts";
import type { LoggedEvent } from "../../domain/run/events.ts";
import { readEvents } from "./eventLog.ts";
import type { Queryable } from "./queryable.ts";
import { remember } from "./remember.ts";

/** Reads logs whole and remembers them, so that a page that a thousand people look at reads and checks only what is new. */
export interface LogReader {
  /**
   * Every event of a run, oldest first; none where there is no such run.
   * @throws LogDamaged where what is new does not continue what was read
   */
  read(runId: RunId): Promise<readonly LoggedEvent[]>;
}

/** A long log is some megabytes; only a few runs are looked at in one night. */
const LOGS_KEPT = 10;

/** Makes a reader. */
export function createLogReader(db: Queryable): LogReader {
  const logs = new Map<RunId, Promise<readonly LoggedEvent[]>>();

  const goOn = async (runId: RunId, from: readonly LoggedEvent[]): Promise<readonly LoggedEvent[]> => {
    const more = await readEvents(db, runId, from.at(-1));
    return more.length === 0 ? from : [...from, ...more];
  };

  return {
    read(runId) {
      const before = logs.get(runId) ?? Promise.resolve([]);
      const now = before.catch(() => []).then((from) => goOn(runId, from));
      remember(logs, runId, now, LOGS_KEPT);
      return now;
    },
  };
}
