import type { ProbeReading, ReportOf } from "../run/intents.ts";
import type { RunState } from "../run/state.ts";
import type { CompiledProbe, CompiledRunbook } from "../runbook/compiled.ts";
import type { Instant } from "../time.ts";
import { isProbeOrdered } from "./isProbeOrdered.ts";
import type { ProbeCourse } from "./probeCourse.ts";
import { beginCourse, hear, missedBy, sampleOf } from "./probeCourse.ts";

/** A reading of one of a run's probes, and when it was heard. */
export interface HeardReading {
  readonly probeId: string;
  readonly reading: ProbeReading;
  readonly at: Instant;
}

/** What the probes of one run read, one after the other, for as long as somebody drives it. */
export interface ProbeWatch {
  /** A reading, with what it comes to with those before it; undefined where the runbook has no such probe. */
  heard(read: HeardReading): ReportOf<"probeSampled"> | undefined;
  /** Of probes that should be heard and are not: how many readings in a row have not come, wherever it is more than was said. */
  missed(state: RunState, now: Instant): readonly ReportOf<"probeMissed">[];
}

/** A probe that is well and of which nothing else is asked is passed on so often (realtime/agent/probeIntake.ts). */
export const SIGN_OF_LIFE_MS = 1_000;

/** How far back the readings go that say something now, in ms: over the longest time that a probe looks back, and its last failures. */
export function lookBackMs({ probes }: CompiledRunbook): number {
  return Math.max(0, ...Object.values(probes).map(({ everyMs, overMs }) => (overMs ?? 0) + LAST_FAILURES * everyMs));
}
const LAST_FAILURES = 100;

/** When what a probe measures was back from its planned stop; 0 where it was never stopped. */
function pauseEndedAt({ steps }: RunState, { pausedUntil }: CompiledProbe): number {
  return (pausedUntil === undefined ? undefined : steps[pausedUntil]?.endedAt) ?? 0;
}

/**
 * Watches the probes of a run. `earlier`: what another process has heard; what a failing probe has counted to, and what it read over
 * its time, is not begun anew because a server was. Silence is: while nobody listened, nothing could be heard.
 */
export function openProbeWatch(
  plan: CompiledRunbook,
  state: RunState,
  earlier: readonly HeardReading[],
  now: Instant,
): ProbeWatch {
  const courses = new Map<string, ProbeCourse>();
  const said = new Map<string, number>();

  const take = (probe: CompiledProbe, { probeId, reading, at }: HeardReading): ProbeCourse => {
    const course = hear(courses.get(probeId) ?? beginCourse(at), reading, at, probe.overMs);
    courses.set(probeId, course);
    said.delete(probeId);
    return course;
  };
  for (const read of earlier) {
    const probe = plan.probes[read.probeId];
    if (probe !== undefined && read.at >= pauseEndedAt(state, probe)) take(probe, read);
  }
  for (const [probeId, course] of courses) courses.set(probeId, { ...course, heardAt: now });

  const missedOf = (probeId: string, probe: CompiledProbe, at: Instant): number => {
    const course = courses.get(probeId) ?? beginCourse(at);
    courses.set(probeId, course);
    return missedBy(course, at, Math.max(probe.everyMs, SIGN_OF_LIFE_MS));
  };

  return {
    heard(read) {
      const probe = plan.probes[read.probeId];
      if (probe === undefined) return undefined;
      const sample = sampleOf(take(probe, read), read.reading, probe.overMs);
      return { report: "probeSampled", probeId: read.probeId, sample };
    },
    missed(state, at) {
      const reports: ReportOf<"probeMissed">[] = [];
      for (const [probeId, probe] of Object.entries(plan.probes)) {
        if (!isProbeOrdered(plan, state, probe, at)) {
          // What is stopped on purpose begins anew: its failures of before the pause are not consecutive to those after it.
          courses.delete(probeId);
          said.delete(probeId);
          continue;
        }
        const missed = missedOf(probeId, probe, at);
        if (missed <= (said.get(probeId) ?? 0)) continue;
        said.set(probeId, missed);
        reports.push({ report: "probeMissed", probeId, missed });
      }
      return reports;
    },
  };
}
