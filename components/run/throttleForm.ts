import { NORMAL_WEIGHT } from "../../domain/throttle/normalWeight.ts";
import type { ThrottleMode } from "../../domain/throttle/setting.ts";
import { ThrottleSetting } from "../../domain/throttle/setting.ts";

const MB = 1_000_000;

/** What is typed into the form of a task's speed. */
export interface ThrottleTyped {
  readonly mode: ThrottleMode;
  /** What the task counts: its limit is said in millions of bytes or in rows. */
  readonly unit: "bytes" | "rows";
  /** MB or rows per second; empty: no limit. */
  readonly rate: string;
  readonly cpuWeight: string;
  readonly ioWeight: string;
}

/** The form as it opens: the setting that holds. `counts` is what the task counts as far as it has told; bytes before that. */
export function typedOf(setting: ThrottleSetting, counts: string | undefined): ThrottleTyped {
  const isLimited = setting.mode === "limited" || setting.mode === "automatic";
  const { bytesPerSecond, rowsPerSecond } = isLimited ? setting : {};
  const unit = counts === "rows" || (bytesPerSecond === undefined && rowsPerSecond !== undefined) ? "rows" : "bytes";
  const rate = unit === "rows" ? rowsPerSecond : bytesPerSecond && bytesPerSecond / MB;
  return {
    mode: setting.mode,
    unit,
    rate: rate === undefined ? "" : String(rate),
    cpuWeight: String(isLimited ? setting.cpuWeight : NORMAL_WEIGHT),
    ioWeight: String(isLimited ? setting.ioWeight : NORMAL_WEIGHT),
  };
}

/** What the form's fields are called where one of them is wrong. */
export type ThrottleField = "rate" | "cpuWeight" | "ioWeight";

/** The setting that was typed, or which field is wrong and what is to be typed there. */
export function settingTyped(
  typed: ThrottleTyped,
): { readonly setting: ThrottleSetting } | { readonly field: ThrottleField; readonly error: string } {
  const { mode, unit } = typed;
  if (mode === "full" || mode === "paused") return { setting: { mode } };
  const rateText = typed.rate.trim().replace(",", ".");
  const limit =
    unit === "rows" ? { rowsPerSecond: Number(rateText) } : { bytesPerSecond: Math.round(Number(rateText) * MB) };
  const parsed = ThrottleSetting.safeParse({
    mode,
    ...(rateText === "" ? {} : limit),
    cpuWeight: Number(typed.cpuWeight),
    ioWeight: Number(typed.ioWeight),
  });
  if (parsed.success) return { setting: parsed.data };
  switch (parsed.error.issues[0]?.path[0]) {
    case "cpuWeight":
      return { field: "cpuWeight", error: WEIGHT_ERROR };
    case "ioWeight":
      return { field: "ioWeight", error: WEIGHT_ERROR };
    default:
      return { field: "rate", error: unit === "rows" ? ROWS_ERROR : MEGABYTES_ERROR };
  }
}

const WEIGHT_ERROR = "Write a whole number from 1 to 10000; 100 is everybody's.";
const ROWS_ERROR = "Write a whole number of rows per second, from 1 up, or nothing.";
const MEGABYTES_ERROR = "Write a number of MB per second, from 0.02 up, or nothing.";
