import type { ActionContext } from "../../process/actionContext.ts";

/**
 * Waits until the task's throttle allows a whole batch. A smaller one, of what is allowed at once, would be another than was approved, and
 * could be nothing but rows that can't be done. Rejects when the task is cancelled.
 */
export async function allowBatch(rows: number, { allow }: Pick<ActionContext, "allow">): Promise<void> {
  let left = rows;
  while (left > 0) left -= await allow(left, "rows");
}
