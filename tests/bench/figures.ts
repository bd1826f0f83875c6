import { mkdirSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { thisMachine } from "../../scripts/machine.ts";

/** The value below which a share of the sorted values lies; NaN for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The middle of several rounds. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Middle, smallest and largest of several rounds. */
export function summary(values: readonly number[]) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** A figure that was promised, and what it may be at most or must be at least. */
export interface Limit {
  readonly name: string;
  readonly value: number;
  readonly most?: number;
  readonly least?: number;
}

/** What a benchmark came to: its one line, and what was promised of it. */
export interface Outcome {
  readonly line: string;
  readonly limits: readonly Limit[];
}

/** Says which limit is broken; undefined when it is kept. NaN keeps none. */
export function brokenLimit({ name, value, most, least }: Limit): string | undefined {
  if (most !== undefined && !(value <= most)) return `${name} is ${value}, at most ${most} was promised`;
  if (least !== undefined && !(value >= least)) return `${name} is ${value}, at least ${least} was promised`;
  return undefined;
}

/** Three digits that matter, as text. */
export function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "none";
}

// A machine that does other things at the same time measures those too: the load belongs to the figures.
const loadAtStart = loadavg();

/** Keeps everything that was measured, and what it was measured on, in bench/results/<name>.json. */
export function keepResults(name: string, results: object): string {
  const folder = join(import.meta.dirname, "..", "..", "bench", "results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  const machine = thisMachine();
  const load = { atStart: loadAtStart, atEnd: loadavg() };
  writeFileSync(
    file,
    `${JSON.stringify({ name, at: new Date().toISOString(), machine, load, ...results }, null, 2)}\n`,
  );
  return file;
}
