import { NORMAL_WEIGHT } from "../../domain/throttle/normalWeight.ts";
import type { ThrottleMode } from "../../domain/throttle/setting.ts";
import { ThrottleSetting } from "../../domain/throttle/setting.ts";

const MB = 1_000_000;

/** What is typed into the form of a task's speed. */
export interface ThrottleTyped {
  readonly mode: ThrottleMode;
  /** Million bytes per second; empty: no limit. */
  readonly megabytesPerSecond: string;
  readonly cpuWeight: string;
  readonly ioWeight: string;
}

/** The form as it opens: the setting that holds. */
export function typedOf(setting: ThrottleSetting): ThrottleTyped {
  const isLimited = setting.mode === "limited" || setting.mode === "automatic";
  const rate = isLimited ? setting.bytesPerSecond : undefined;
  return {
    mode: setting.mode,
    megabytesPerSecond: rate === undefined ? "" : String(rate / MB),
    cpuWeight: String(isLimited ? setting.cpuWeight : NORMAL_WEIGHT),
    ioWeight: String(isLimited ? setting.ioWeight : NORMAL_WEIGHT),
  };
}

/** What the form's fields are called where one of them is wrong. */
export type ThrottleField = "megabytesPerSecond" | "cpuWeight" | "ioWeight";

/** The setting that was typed, or which field is wrong and what is to be typed there. */
export function settingTyped(
  typed: ThrottleTyped,
): { readonly setting: ThrottleSetting } | { readonly field: ThrottleField; readonly error: string } {
  const { mode } = typed;
  if (mode === "full" || mode === "paused") return { setting: { mode } };
  const rateText = typed.megabytesPerSecond.trim().replace(",", ".");
  const parsed = ThrottleSetting.safeParse({
    mode,
    ...(rateText === "" ? {} : { bytesPerSecond: Math.round(Number(rateText) * MB) }),
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
      return { field: "megabytesPerSecond", error: "Write a number of MB per second, from 0.02 up, or nothing." };
  }
}

const WEIGHT_ERROR = "Write a whole number from 1 to 10000; 100 is everybody's.";
