/** How far a roll-out is to go. */
export interface Goal {
  readonly batchRows: number;
  /** 0: no such limit. */
  readonly untilRows: number;
  /** 0 to 100. */
  readonly untilPercent: number;
}

/** The next batch with at most so many rows, or why there is none. */
export type Next =
  | { readonly kind: "batch"; readonly rows: number }
  | { readonly kind: "stop"; readonly by: "finished" | "untilRows" | "untilPercent" };

/**
 * How many rows of all are to be done: the nearest of the limits. A share is rounded up, so that it is reached and not just
 * missed.
 */
export function targetOf({ untilRows, untilPercent }: Goal, total: number): number {
  const byPercent = Math.min(total, Math.ceil((total * untilPercent) / 100));
  return untilRows === 0 ? byPercent : Math.min(byPercent, untilRows);
}

/** Where a roll-out stands, in rows of all. */
export interface Standing {
  readonly total: number;
  readonly done: number;
  /** Rows that failed in the batch before, and may be taken, and fail, again. */
  readonly failedBefore: number;
}

/**
 * What comes next. The last batch is as small as the limit asks, and as many larger as failed in the one before: a function that
 * takes its rows in order would else be handed nothing but those that it can't do, and never get there.
 */
export function nextBatch(goal: Goal, { total, done, failedBefore }: Standing): Next {
  const target = targetOf(goal, total);
  if (done < target) return { kind: "batch", rows: Math.min(goal.batchRows, target - done + failedBefore) };
  if (done >= total) return { kind: "stop", by: "finished" };
  return { kind: "stop", by: target === goal.untilRows ? "untilRows" : "untilPercent" };
}
