/** Deepest nesting of a frame's lists and objects that is taken: what is sent has about ten levels. */
export const MOST_NESTED = 64;

/** What is said of a frame that is nested deeper. */
export const TOO_DEEP = `frame: nested deeper than ${MOST_NESTED} levels`;

/**
 * Whether a value is nested deeper than that. Every reader behind the door goes down by calling itself, and a frame of 256 KiB has room
 * for a hundred thousand brackets: it would be understood here and end the stack there. Goes down without calling itself.
 */
export function isNestedTooDeep(value: unknown): boolean {
  let level = containersIn([value]);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MOST_NESTED) return true;
    level = level.flatMap((one) => containersIn(Object.values(one)));
  }
  return false;
}

const containersIn = (values: readonly unknown[]): readonly object[] =>
  values.filter((value) => typeof value === "object" && value !== null);
