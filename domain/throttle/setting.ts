import { z } from "zod";
import { NORMAL_WEIGHT } from "./normalWeight.ts";

/** Share among those who want the same processor or disk at the same time, as the kernel's control groups count it: 100 is everybody's. */
export const Weight = z.int().min(1).max(10_000);

/** Slower than this a copy would not end within any window, and slices of it could not be measured. */
const LEAST_BYTES_PER_SECOND = 16 * 1024;
const MOST_PER_SECOND = 1024 ** 4;
const BytesPerSecond = z.int().min(LEAST_BYTES_PER_SECOND).max(MOST_PER_SECOND);
const RowsPerSecond = z.int().min(1).max(MOST_PER_SECOND);

/** The ways in which a task can be held back. */
export const ThrottleMode = z.enum(["full", "limited", "automatic", "paused"]);
export type ThrottleMode = z.infer<typeof ThrottleMode>;

const limits = {
  /** Most bytes of progress per second: what is copied, compared, or written of a backup. Absent: as fast as it goes. */
  bytesPerSecond: BytesPerSecond.optional(),
  /** The same for work that counts rows. */
  rowsPerSecond: RowsPerSecond.optional(),
  cpuWeight: Weight.default(NORMAL_WEIGHT),
  ioWeight: Weight.default(NORMAL_WEIGHT),
};

/**
 * How much a running task may take of its host. One setting for every action that works long: copy, comparison, backup, batches of rows.
 * `full`: all it can get. `limited`: no more than said. `automatic`: the same, and it stands still while the health of host or
 * database is over a threshold. `paused`: it stands still until it is told otherwise.
 */
export const ThrottleSetting = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("full") }),
  z.strictObject({ mode: z.literal("limited"), ...limits }),
  z.strictObject({ mode: z.literal("automatic"), ...limits }),
  z.strictObject({ mode: z.literal("paused") }),
]);
export type ThrottleSetting = z.infer<typeof ThrottleSetting>;

/** What holds for a task of which nobody said anything. */
export const FULL: ThrottleSetting = { mode: "full" };

/** What is to be done at this moment. Rates per second; absent: no limit. */
export interface Pace {
  readonly bytesPerSecond: number | undefined;
  readonly rowsPerSecond: number | undefined;
  readonly cpuWeight: number;
  readonly ioWeight: number;
  /** Present while the task is to stand still: why, in words for people. */
  readonly standsBecause: string | undefined;
}

/** What a setting means now. `backOff`: why the health of host or database asks for a rest, or undefined; only `automatic` listens to it. */
export function paceOf(setting: ThrottleSetting, backOff: string | undefined): Pace {
  const free = { bytesPerSecond: undefined, rowsPerSecond: undefined };
  const normal = { cpuWeight: NORMAL_WEIGHT, ioWeight: NORMAL_WEIGHT };
  switch (setting.mode) {
    case "full":
      return { ...free, ...normal, standsBecause: undefined };
    case "paused":
      return { ...free, ...normal, standsBecause: "paused by order" };
    case "limited":
    case "automatic": {
      const { mode, bytesPerSecond, rowsPerSecond, cpuWeight, ioWeight } = setting;
      const standsBecause = mode === "automatic" && backOff !== undefined ? `throttled: ${backOff}` : undefined;
      return { bytesPerSecond, rowsPerSecond, cpuWeight, ioWeight, standsBecause };
    }
    default:
      return setting satisfies never;
  }
}
