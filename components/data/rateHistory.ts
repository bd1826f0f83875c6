/** One measured rate of a task, in its unit per second. */
export interface RatePoint {
  readonly atMs: number;
  readonly value: number | undefined;
}

/** At four a second, ten minutes; later ones are thinned out, so that a copy of hours stays whole on the chart. */
const MOST_POINTS = 2_400;

const tasks = new Map<string, RatePoint[]>();

/**
 * The rates that this page has heard, by task. The server does not keep them (they decide nothing), so a chart begins where the
 * page was opened, and says so.
 */
export const rateHistory = {
  note(taskId: string, atMs: number, ratePerSecond: number | undefined): void {
    const points = tasks.get(taskId) ?? [];
    tasks.set(taskId, points);
    const last = points.at(-1);
    if (last && atMs - last.atMs < 250) return;
    points.push({ atMs, value: ratePerSecond });
    if (points.length > MOST_POINTS) {
      tasks.set(
        taskId,
        points.filter((_, place) => place % 2 === 0),
      );
    }
  },
  of(taskId: string): readonly RatePoint[] {
    return tasks.get(taskId) ?? [];
  },
};
