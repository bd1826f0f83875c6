import { z } from "zod";
import { keysOf } from "../recordKeys.ts";

/** One figure of a host's or a database's health that can ask work to rest. */
interface FigureMeaning {
  /** As it stands in the sentence "<title> 6.2 is over 4.0". */
  readonly title: string;
  /** Written behind the value. */
  readonly unit: string;
  readonly decimals: number;
  /** Above this automatic work rests; undefined: only where agent.yaml names a threshold. */
  readonly threshold: number | undefined;
}

/**
 * The figures in the order in which they are looked at: the first that is over its threshold is the reason that is shown. This is the one
 * place of the defaults; agent.yaml may set others (`throttle.thresholds`), and docs/operating/slow-a-copy-down.md lists them.
 */
export const FIGURES = {
  /** The one-minute load divided by the number of processors: waiting for a disk counts in it. */
  loadPerCore: { title: "load per core", unit: "", decimals: 1, threshold: 4 },
  /** Share of the last ten seconds in which something had to wait for memory (PSI `some avg10`). */
  memoryPressurePercent: { title: "memory pressure", unit: " %", decimals: 0, threshold: 20 },
  /** How long a request took on the slowest disk, waiting included, in the last second. */
  diskLatencyMs: { title: "disk latency", unit: " ms", decimals: 0, threshold: 100 },
  /** No threshold of its own: a copy that is alone on a host keeps its disk busy, and nobody suffers. */
  diskBusyPercent: { title: "disk utilisation", unit: " %", decimals: 0, threshold: undefined },
  /** How long the database took for `select 1`. */
  databaseLatencyMs: { title: "database latency", unit: " ms", decimals: 0, threshold: 500 },
  /** Sessions that execute something at this moment, ours left out. */
  activeSessions: { title: "active sessions", unit: "", decimals: 0, threshold: 50 },
  /** How long the session that has waited longest for a lock has waited. Waits for ourselves don't count: resting would prolong them. */
  lockWaitMs: { title: "longest lock wait", unit: " ms", decimals: 0, threshold: 5_000 },
  /** How far the standby that is furthest behind is behind. */
  replicationLagMs: { title: "replication lag", unit: " ms", decimals: 0, threshold: 10_000 },
} as const satisfies Record<string, FigureMeaning>;

export const FigureName = z.enum(keysOf(FIGURES));
export type FigureName = keyof typeof FIGURES;

/** What was measured at one moment; a figure that is absent was not to be had, and asks for nothing. */
export type Figures = Readonly<Partial<Record<FigureName, number>>>;

/** Above which value each figure asks for a rest; absent: never. */
export type Thresholds = Readonly<Partial<Record<FigureName, number>>>;

/** The thresholds of a host: the defaults, but for those that its owner set. Null: that figure never asks for a rest. */
export function thresholdsWith(own: Readonly<Partial<Record<FigureName, number | null>>>): Thresholds {
  return Object.fromEntries(
    FigureName.options.flatMap((name) => {
      const threshold = own[name] === undefined ? FIGURES[name].threshold : own[name];
      return threshold === undefined || threshold === null ? [] : [[name, threshold]];
    }),
  );
}

/** A value of a figure with its unit, as it is shown. */
export function figureText(name: FigureName, value: number): string {
  const { unit, decimals } = FIGURES[name];
  return `${value.toFixed(decimals)}${unit}`;
}
