import type { ProbeReading, ProbeSample } from "../run/intents.ts";
import type { DurationMs, Instant } from "../time.ts";

/** A reading with the moment at which it was heard: hosts' clocks differ, and a time without readings is ours to measure. */
interface Heard {
  readonly at: Instant;
  readonly ok: boolean;
  readonly value?: number;
}

/** What is remembered of a probe's readings, as much as its conditions ask for. */
export interface ProbeCourse {
  /** Oldest first: those within the probe's `over`, and the one before them, from which a counter's rise is reckoned. */
  readonly kept: readonly Heard[];
  readonly consecutiveFailures: number;
  /** When the last one was heard, or when one was first waited for. */
  readonly heardAt: Instant;
}

/** So many readings in a row that did not come, and the probe is said to be silent. */
export const SILENT_AFTER = 3;
/** How late a reading may be before it counts as missed: half its interval, and no more than this. */
const MOST_LATE_MS = 2_000;
/** So many are remembered at most: an hour of one a second. */
const MOST_KEPT = 3_600;

/** Nothing was heard yet, and from now on something should be. */
export function beginCourse(now: Instant): ProbeCourse {
  return { kept: [], consecutiveFailures: 0, heardAt: now };
}

/** The course with one more reading. `overMs`: how far back its conditions look; undefined: at the newest only. */
export function hear(
  course: ProbeCourse,
  reading: ProbeReading,
  now: Instant,
  overMs: DurationMs | undefined,
): ProbeCourse {
  const heard = { at: now, ok: reading.ok, ...(reading.value === undefined ? {} : { value: reading.value }) };
  return {
    kept: overMs === undefined ? [] : within([...course.kept, heard], now - overMs),
    consecutiveFailures: reading.ok ? 0 : course.consecutiveFailures + 1,
    heardAt: now,
  };
}

/** Those after a moment, with the last one before it. */
function within(kept: readonly Heard[], after: number): readonly Heard[] {
  const first = kept.findIndex(({ at }) => at > after);
  return kept.slice(Math.max(0, first - 1, kept.length - MOST_KEPT));
}

/** The reading just heard, as triggers see it, with what it comes to over the probe's time. */
export function sampleOf(course: ProbeCourse, reading: ProbeReading, overMs: DurationMs | undefined): ProbeSample {
  const { consecutiveFailures, heardAt } = course;
  const sample = { ...reading, consecutiveFailures };
  if (overMs === undefined) return sample;
  const recent = course.kept.filter(({ at }) => at > heardAt - overMs);
  const failed = recent.filter(({ ok }) => !ok).length;
  const earlier = valuesOf(recent.slice(0, -1));
  const counted = valuesOf(course.kept);
  return {
    ...sample,
    over: {
      count: recent.length,
      failedShare: failed / recent.length,
      ...(counted.length < 2 ? {} : { increase: increaseOf(counted) }),
      ...(earlier.length === 0 ? {} : { usual: earlier.reduce((sum, value) => sum + value, 0) / earlier.length }),
    },
  };
}

const valuesOf = (kept: readonly Heard[]): readonly number[] =>
  kept.flatMap(({ ok, value }) => (ok && value !== undefined ? [value] : []));

/**
 * How much a counter has risen. One that is lower than before was started anew and counts from nothing, as Prometheus' `increase` has
 * it; unlike that, nothing is added for the edges of the time, so that ten errors are ten.
 */
function increaseOf(values: readonly number[]): number {
  return values.reduce((sum, value, index) => {
    const before = values[index - 1];
    if (before === undefined) return sum;
    return sum + (value >= before ? value - before : value);
  }, 0);
}

/** How many readings in a row have not come. */
export function missedBy(course: ProbeCourse, now: Instant, everyMs: DurationMs): number {
  const lateMs = Math.min(everyMs / 2, MOST_LATE_MS);
  return Math.max(0, Math.floor((now - course.heardAt - lateMs) / everyMs));
}
