/** One measurement. `undefined` means that it was tried and not known; a missing stretch is a gap. */
export type ChartPoint = { readonly atMs: number; readonly value: number | undefined };

/** A trigger's limit: which side is bad, and what happens there ("hold 90", "roll back 250"). */
export type ChartThreshold = { readonly value: number; readonly bad: "above" | "below"; readonly label: string };

/** A limit that is set, not feared: the copy's bandwidth ("limit 24"). */
export type ChartLimit = { readonly value: number; readonly label: string };

/** A stretch without a line, and why. Neither is ever drawn as zero. */
export type ChartGap = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly words: "paused: planned stop" | "not measured";
};

/** Where a step began, drawn as a dotted vertical with its number. */
export type ChartStepStart = { readonly atMs: number; readonly number: number };

/** Everything one chart shows, over one range of time. Values are in `unit`, moments in milliseconds since the epoch. */
export type ChartData = {
  readonly points: readonly ChartPoint[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly thresholds?: readonly ChartThreshold[];
  readonly limits?: readonly ChartLimit[];
  readonly gaps?: readonly ChartGap[];
  readonly stepStarts?: readonly ChartStepStart[];
  /** The top of the axis where it is given by nature: 100 for percent. */
  readonly top?: number;
};

/**
 * Finds stretches in which nothing was measured, so that they are hatched instead of bridged by a straight line.
 * @param everyMs how often a measurement is expected; three missed ones make a gap
 */
export function findGaps(points: readonly ChartPoint[], everyMs: number, toMs: number): readonly ChartGap[] {
  const gaps: ChartGap[] = [];
  const patienceMs = everyMs * 3;
  let previousMs: number | undefined;
  for (const point of points) {
    if (point.value === undefined) continue;
    if (previousMs !== undefined && point.atMs - previousMs > patienceMs) {
      gaps.push({ fromMs: previousMs, toMs: point.atMs, words: "not measured" });
    }
    previousMs = point.atMs;
  }
  if (previousMs !== undefined && toMs - previousMs > patienceMs) {
    gaps.push({ fromMs: previousMs, toMs, words: "not measured" });
  }
  return gaps;
}

/** The newest measurement that is known, if any. */
export function lastKnown(points: readonly ChartPoint[]): { atMs: number; value: number } | undefined {
  for (let place = points.length - 1; place >= 0; place -= 1) {
    const point = points[place];
    if (point?.value !== undefined) return { atMs: point.atMs, value: point.value };
  }
  return undefined;
}
