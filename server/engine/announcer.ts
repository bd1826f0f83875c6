import type pg from "pg";
import { renderAnnouncement } from "../../domain/announcement/render.ts";
import type { AnnouncementContext } from "../../domain/announcement/values.ts";
import { announcementValues } from "../../domain/announcement/values.ts";
import { forecastOf } from "../../domain/forecast/forecast.ts";
import type { RunId } from "../../domain/ids.ts";
import type { LoggedEvent } from "../../domain/run/events.ts";
import { fold } from "../../domain/run/evolve.ts";
import type { RunState } from "../../domain/run/state.ts";
import { Instant } from "../../domain/time.ts";
import { announcedWindow, dueAnnouncements, storeAnnouncement } from "../db/announcements.ts";
import { readEvents } from "../db/eventLog.ts";
import type { Notifier } from "../db/notifier.ts";
import type { RunReader } from "../db/runReader.ts";

/** Publishes what the log says is due, each once. */
export interface Announcer {
  /** Publishes what is due of a run and is not published yet. Never rejects: what fails now is done at the next call. */
  catchUp(runId: RunId): Promise<void>;
}

/**
 * Makes the announcer. The log says what is due, the table what was published, and the difference is to be done: a crash between
 * the two loses nothing, and the number of the event in the log keeps a repeat from being published twice.
 */
export function createAnnouncer(parts: {
  readonly pool: pg.Pool;
  readonly runs: RunReader;
  readonly notifier: Notifier;
  readonly log: (line: string) => void;
}): Announcer {
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
      const window = await announcedWindow(parts.pool, state.windowId);
      // The later of the two ends, as on the Announcements page: whom it was promised to forgives an early end, not a late one.
      const expectedEndAt = forecastOf(plan, state, { now: at.at, progress: new Map() }).finishP90;
      const rendered = render(
        {
          ...{ plan, window, parameters: state.parameters, run: state, now: at.at },
          ...(expectedEndAt === undefined ? {} : { expectedEndAt: Instant.parse(Math.round(expectedEndAt)) }),
        },
        announcementId,
      );
      await storeAnnouncement(parts.pool, { runId, seq, announcementId, at: at.at, ...rendered });
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

/** Fills an announcement in with what the run knew. What had no value stands in `missing`, and in the text by its name. */
function render(context: AnnouncementContext, announcementId: string) {
  const announcement = context.plan.runbook.announcements.find((candidate) => candidate.id === announcementId);
  if (!announcement) throw new Error(`the runbook has no announcement ${announcementId}`);
  const rendered = renderAnnouncement(announcement, announcementValues(context));
  if (!rendered.ok) throw new Error(`announcement ${announcementId} can't be filled in: ${rendered.message}`);
  const { subject, markdown, text, html, missing } = rendered;
  return { audience: announcement.audience, subject, markdown, text, html, missing };
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
