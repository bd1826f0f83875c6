import { describe, test } from "vitest";

const isNight = process.env.SLACKWATER_NIGHTLY !== undefined;
const NOT_NOW = "not in npm test's time: npm run test:nightly";

/**
 * A test that `npm test` has no time for; it is skipped there, and says so. `npm run test:nightly` runs it. For guests there is one of their
 * own, which also knows whether a guest can run.
 */
export const nightlyTest: (title: string, body: () => Promise<void>, timeoutMs?: number) => void = isNight
  ? test
  : (title) => test(title, ({ skip }) => skip(NOT_NOW));

/** The same of a whole block, which makes nothing where it is skipped. `whyNot`: what it lacks on this machine. */
export function describeNightly(title: string, tests: () => void, whyNot?: string): void {
  const because = whyNot ?? (isNight ? undefined : NOT_NOW);
  if (because === undefined) describe(title, tests);
  else test(title, ({ skip }) => skip(because));
}
