import type { RunId } from "../../domain/ids.ts";
import type { Outcome } from "../../domain/run/stages.ts";
import type { EventsAnswer, SentEvent } from "../../protocol/http/runEvents.ts";
import type { House } from "../identity/door.ts";
import { hearOfRun } from "./followNotices.ts";

/** Events in one piece of a stream or in one answer. */
const MOST_AT_ONCE = 500;

/** What a follower is told: events, that nothing happened for a while, or that the run is over and this was all. */
export type Followed =
  | { readonly kind: "events"; readonly events: readonly SentEvent[] }
  | { readonly kind: "quiet" }
  | { readonly kind: "over"; readonly headSeq: number; readonly outcome: Outcome };

/** Events of a run after a number; undefined when there is no such run, `notYet` when its log has no event of that number. */
export async function eventsAfter(
  { logs, runs }: Pick<House, "logs" | "runs">,
  runId: RunId,
  afterSeq: number,
): Promise<EventsAnswer | "notYet" | undefined> {
  const run = await runs.read(runId);
  if (!run) return undefined;
  const headSeq = run.head.seq;
  if (afterSeq > headSeq) return "notYet";
  // A log has no gaps: its first event is number 1.
  const log = (await logs.read(runId)).slice(afterSeq, Math.min(headSeq, afterSeq + MOST_AT_ONCE));
  const events = log.map(({ seq, at, event }) => ({ seq, at, type: event.type, event }));
  const { stage, outcome } = run.state;
  return { events, headSeq, outcome: stage === "ended" ? (outcome ?? null) : null };
}

/**
 * Follows a run: what came after a number, each event once and in order, then live ones, until the run is over. It reads on when it is
 * asked for more, so that a slow follower is only behind itself. A notice that was lost costs `quietMs` at most.
 *
 * @param options `quietMs`: after so long without an event it says so; `signal`: the follower is gone
 */
export async function* followRun(
  house: Pick<House, "logs" | "runs" | "settings">,
  runId: RunId,
  afterSeq: number,
  options: { readonly quietMs: number; readonly signal: AbortSignal },
): AsyncGenerator<Followed, void, void> {
  const { quietMs, signal } = options;
  let lastSeq = afterSeq;
  let news = Promise.withResolvers<void>();
  const leave = hearOfRun(house.settings.databaseUrl, runId, () => news.resolve());
  const stop = (): void => news.resolve();
  signal.addEventListener("abort", stop);
  try {
    while (!signal.aborted) {
      // Before it reads: what comes while it does is read the next time.
      news = Promise.withResolvers<void>();
      const answer = await eventsAfter(house, runId, lastSeq);
      if (answer === undefined || answer === "notYet") return;
      const last = answer.events.at(-1);
      if (last !== undefined) {
        lastSeq = last.seq;
        yield { kind: "events", events: answer.events };
      } else if (answer.outcome !== null) {
        yield { kind: "over", headSeq: answer.headSeq, outcome: answer.outcome };
        return;
      } else if (!(await comesWithin(news.promise, quietMs)) && !signal.aborted) {
        yield { kind: "quiet" };
      }
    }
  } finally {
    signal.removeEventListener("abort", stop);
    await leave();
  }
}

/** True where a promise resolves in time. */
async function comesWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  const over = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => over.resolve(false), ms);
  const came = await Promise.race([promise.then(() => true), over.promise]);
  clearTimeout(timer);
  return came;
}
