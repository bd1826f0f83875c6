import type pg from "pg";
import type { RunId } from "../../domain/ids.ts";
import type { LoggedEvent } from "../../domain/run/events.ts";
import { fold } from "../../domain/run/evolve.ts";
import type { RunState } from "../../domain/run/state.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";
import type { Announcement } from "../../domain/runbook/schema.ts";
import type { Instant } from "../../domain/time.ts";
import { dueAnnouncements, storeAnnouncement } from "../db/announcements.ts";
import { readEvents } from "../db/eventLog.ts";
import type { Notifier } from "../db/notifier.ts";
import type { RunReader } from "../db/runReader.ts";

/** An announcement filled in; `missing` are the names that had no value. */
export interface RenderedAnnouncement {
  readonly subject: string;
  readonly markdown: string;
  readonly text: string;
  readonly html: string;
  readonly missing: readonly string[];
}

/** Fills an announcement in with the facts of a moment of a run. */
export type RenderAnnouncement = (
  run: { readonly state: RunState; readonly plan: CompiledRunbook },
  announcement: Announcement,
  at: Instant,
) => Promise<RenderedAnnouncement>;

/** Publishes what the log says is due, each once. */
export interface Announcer {
  /** Publishes what is due of a run and is not published yet. Never rejects: what fails now is done at the next call. */
  catchUp(runId: RunId): Promise<void>;
}

/**
 * Makes the announcer. The log says what is due, the table what was published, and the difference is to be done: a crash between
 * the two loses nothing, and the number of the event in the log keeps a repeat from being published twice.
 */
export function createAnnouncer(
  parts: {
    readonly pool: pg.Pool;
    readonly runs: RunReader;
    readonly notifier: Notifier;
    readonly log: (line: string) => void;
  },
  render: RenderAnnouncement,
): Announcer {
  const publish = async (runId: RunId): Promise<void> => {
    const due = await dueAnnouncements(parts.pool, runId);
    if (due.length === 0) return;
    const log = await readEvents(parts.pool, runId);
    for (const seq of due) {
      const at = log[seq - 1];
      if (at?.event.type !== "announcementDue") continue;
      const { announcementId } = at.event;
      const state = stateAfterTurn(log, at);
      const plan = await parts.runs.plan(state.runbookDigest);
      const announcement = plan.runbook.announcements.find((candidate) => candidate.id === announcementId);
      if (!announcement) throw new Error(`the runbook has no announcement ${announcementId}`);
      const rendered = await render({ state, plan }, announcement, at.at);
      const { audience } = announcement;
      await storeAnnouncement(parts.pool, { runId, seq, announcementId, audience, at: at.at, ...rendered });
    }
    parts.notifier.tell({ about: "windows" });
  };
  return {
    async catchUp(runId) {
      try {
        await publish(runId);
      } catch (error) {
        parts.log(`announcements of run ${runId} were not all published: ${String(error)}`);
      }
    },
  };
}

/**
 * The run as it was when the turn that made an announcement due was over: the same whether it is published at once or after a
 * crash. Events of one turn carry one moment.
 */
function stateAfterTurn(log: readonly LoggedEvent[], due: LoggedEvent): RunState {
  let end = due.seq;
  while (log[end]?.at === due.at) end += 1;
  const state = fold(log.slice(0, end));
  if (!state) throw new Error("an announcement is due in an empty log");
  return state;
}
