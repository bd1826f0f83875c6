/** Deepest nesting of a frame's lists and objects that is taken: what is sent has about ten levels. */
export const MOST_NESTED = 64;

/** What is said of a frame that is nested deeper. */
export const TOO_DEEP = `frame: nested deeper than ${MOST_NESTED} levels`;

/**
 * Whether a value is nested deeper than that. Every reader behind the door goes down by calling itself, and a frame of 256 KiB has room
 * for a hundred thousand brackets: it would be understood here and end the stack there. This goes down no further than is allowed.
 */
export function isNestedTooDeep(value: unknown): boolean {
  return isDeeperThan(value, MOST_NESTED);
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const inner of Object.values(value)) if (isDeeperThan(inner, levels - 1)) return true;
  return false;
}
