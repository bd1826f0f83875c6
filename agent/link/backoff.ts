/** Shortest and longest pause between two attempts to reach the server, in ms. */
export const FIRST_PAUSE_MS = 200;
export const LONGEST_PAUSE_MS = 5000;

/**
 * How long to wait before attempt `attempt` (counted from 0) to connect again, in ms: doubled each time up to the longest, and
 * spread over its upper half by `chance` (0 to 1), so that a hundred hosts do not come back to a server in the same moment.
 */
export function pauseBefore(attempt: number, chance: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 20));
  return Math.round(longest * (0.5 + chance / 2));
}
