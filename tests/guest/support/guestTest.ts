import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Guest, GuestWish } from "../../../scripts/guest/guest.ts";
import { canRunGuest, startGuest } from "../../../scripts/guest/guest.ts";
import { guestProcesses } from "./hostProcesses.ts";

const ability = await canRunGuest();

/** Said loudly where a guest cannot run, so that nobody takes a skipped suite for a passed one. */
export const whySkipped: string | undefined = ability.ok ? undefined : ability.because;
if (whySkipped) console.warn(`SKIPPED, no guest can run here: ${whySkipped}`);

const whyNotNow =
  whySkipped ?? (process.env.SLACKWATER_NIGHTLY === undefined ? "takes minutes: npm run test:nightly" : undefined);

/** A test that `npm test` has no time for; it is skipped there, and says so. */
export const nightlyTest: (title: string, body: () => Promise<void>) => void =
  whyNotNow === undefined ? test : (title) => test(title, ({ skip }) => skip(whyNotNow));

/**
 * The same of a whole block, which makes no folder and no guest where it is skipped.
 * @param whyNot what else is missing on this machine
 */
export function describeNightly(title: string, tests: () => void, whyNot?: string): void {
  const because = whyNot ?? whyNotNow;
  if (because === undefined) describe(title, tests);
  else test(title, ({ skip }) => skip(because));
}

export interface GuestFolder {
  readonly stateDirectory: string;
  /** Starts a guest there; it is removed at the end of the test file, if not before. */
  start(wish: Omit<GuestWish, "stateDirectory">): Promise<Guest>;
}

/** A folder for the guests of one test file; at the end of the file nothing of them may be left in it or run. */
export function guestFolder(): GuestFolder {
  const stateDirectory = mkdtempSync(join(tmpdir(), "slackwater-guests-"));
  const started: Guest[] = [];
  afterAll(async () => {
    for (const guest of started) await guest.remove();
    const left = guestProcesses(stateDirectory);
    for (const { pid } of left) process.kill(pid, "SIGKILL");
    rmSync(stateDirectory, { recursive: true, force: true });
    expect(left).toEqual([]);
  });
  return {
    stateDirectory,
    start: async (wish) => {
      const guest = await startGuest({ lifetimeMs: 1_800_000, ...wish, stateDirectory });
      started.push(guest);
      return guest;
    },
  };
}
