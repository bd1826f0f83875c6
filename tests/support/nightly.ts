import { test } from "vitest";

/**
 * A test that `npm test` has no time for; it is skipped there, and says so. `npm run test:nightly` runs it. For guests there is one of their
 * own, which also knows whether a guest can run.
 */
export const nightlyTest: (title: string, body: () => Promise<void>, timeoutMs?: number) => void =
  process.env.SLACKWATER_NIGHTLY === undefined
    ? (title) => test(title, ({ skip }) => skip("not in npm test's time: npm run test:nightly"))
    : test;
