import { formatRate } from "../format/bytes.ts";
import { formatCount } from "../format/count.ts";
import { NORMAL_WEIGHT } from "./normalWeight.ts";
import type { ThrottleSetting } from "./setting.ts";

/** A setting in words, for the log of a run, of a task and of a host: "limited: at most 20.0 MB/s, CPU weight 50". */
export function settingText(setting: ThrottleSetting): string {
  switch (setting.mode) {
    case "full":
      return "full speed";
    case "paused":
      return "paused";
    case "limited":
    case "automatic": {
      const { mode, bytesPerSecond, rowsPerSecond, cpuWeight, ioWeight } = setting;
      const limits = [
        ...(bytesPerSecond === undefined ? [] : [`at most ${formatRate(bytesPerSecond)}`]),
        ...(rowsPerSecond === undefined ? [] : [`at most ${formatCount(rowsPerSecond)} rows/s`]),
        ...(cpuWeight === NORMAL_WEIGHT ? [] : [`CPU weight ${cpuWeight}`]),
        ...(ioWeight === NORMAL_WEIGHT ? [] : [`I/O weight ${ioWeight}`]),
      ];
      return limits.length === 0 ? mode : `${mode}: ${limits.join(", ")}`;
    }
    default:
      return setting satisfies never;
  }
}
