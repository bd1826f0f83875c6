import { NORMAL_WEIGHT } from "./normalWeight.ts";
import type { ThrottleSetting } from "./setting.ts";

/** What the owner of a host lets no setting go beyond. */
export interface ThrottleCeiling {
  /** Absent: as fast as it goes. */
  readonly bytesPerSecond?: number | undefined;
  readonly cpuWeight: number;
  readonly ioWeight: number;
}

const lower = (wished: number | undefined, most: number | undefined): { bytesPerSecond?: number } => {
  const least = Math.min(wished ?? Number.POSITIVE_INFINITY, most ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(least) ? { bytesPerSecond: least } : {};
};

/** The setting as this host carries it out: never beyond its owner's ceiling. The same setting where nothing is beyond it. */
export function capped(setting: ThrottleSetting, ceiling: ThrottleCeiling): ThrottleSetting {
  switch (setting.mode) {
    case "paused":
      return setting;
    case "full": {
      const isLimited = ceiling.bytesPerSecond !== undefined || isBelow(ceiling, NORMAL_WEIGHT);
      const normal = { mode: "limited", cpuWeight: NORMAL_WEIGHT, ioWeight: NORMAL_WEIGHT } as const;
      return isLimited ? capped(normal, ceiling) : setting;
    }
    case "limited":
    case "automatic":
      return {
        ...setting,
        ...lower(setting.bytesPerSecond, ceiling.bytesPerSecond),
        cpuWeight: Math.min(setting.cpuWeight, ceiling.cpuWeight),
        ioWeight: Math.min(setting.ioWeight, ceiling.ioWeight),
      };
    default:
      return setting satisfies never;
  }
}

const isBelow = ({ cpuWeight, ioWeight }: ThrottleCeiling, weight: number) => cpuWeight < weight || ioWeight < weight;
