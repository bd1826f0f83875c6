import { statSync } from "node:fs";
import type { Pace, ThrottleSetting } from "../../domain/throttle/setting.ts";
import { FULL, paceOf } from "../../domain/throttle/setting.ts";
import { readSpoolFile, ThrottleFile } from "./spoolFiles.ts";

/** The runner's reading of throttle.json: what holds for its task now. */
export interface ThrottleWish {
  readonly setting: ThrottleSetting;
  readonly pace: Pace;
}

/**
 * Rests that nobody confirms any more are over. The agent confirms one each second; one that has died looks at no health, and a copy must
 * not stand for ever because of what was true an hour ago.
 */
const CONFIRMED_WITHIN_MS = 6_000;

/** Reads the file when it has changed. A file that can't be read counts as it did before: half an order is none. */
export function openThrottleWish(path: string, nowMs: () => number): () => ThrottleWish {
  let seen = "";
  let seenAtMs = 0;
  let file: ThrottleFile | undefined;

  function look(): void {
    // Nothing is there for most tasks, and then this is all that a throttle costs them.
    const stat = statSync(path, { throwIfNoEntry: false });
    const now = stat === undefined ? "" : `${stat.ino}/${stat.mtimeMs}/${stat.size}`;
    if (now === seen) return;
    seen = now;
    seenAtMs = nowMs();
    try {
      file = readSpoolFile(path, ThrottleFile);
    } catch {
      // Kept as it was.
    }
  }

  return () => {
    look();
    const setting = file?.setting ?? FULL;
    const isConfirmed = nowMs() - seenAtMs < CONFIRMED_WITHIN_MS;
    return { setting, pace: paceOf(setting, isConfirmed ? file?.backOff?.because : undefined) };
  };
}
