import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../machine.ts";
import type { Sum, TestRecord } from "./results.ts";
import { slowest, sumOf } from "./results.ts";

/** The last nightly run of one suite, as it lies in the repository: what ran, what did not, when, on what and of which commit. */
export interface NightlyResult extends Sum {
  readonly suite: string;
  /** When it ended (ISO 8601). */
  readonly at: string;
  /** The commit that was checked out, with `+changes` where the tree was not that commit. */
  readonly commit: string;
  readonly machine: Machine;
  readonly tookS: number;
  readonly failures: readonly { readonly test: string; readonly because: string }[];
  readonly skips: readonly { readonly test: string; readonly because: string }[];
  readonly slowest: readonly { readonly test: string; readonly tookS: number }[];
}

const SLOWEST = 5;
const seconds = (ms: number) => Math.round(ms / 1000);

/** Puts together what is kept of a suite's nightly run. */
export function nightlyResult(
  suite: string,
  records: readonly TestRecord[],
  run: { readonly at: Date; readonly commit: string; readonly machine: Machine; readonly tookMs: number },
): NightlyResult {
  const of = (outcome: TestRecord["outcome"]) =>
    records.filter((one) => one.outcome === outcome).map((one) => ({ test: nameOf(one), because: one.because }));
  return {
    suite,
    at: run.at.toISOString(),
    commit: run.commit,
    machine: run.machine,
    tookS: seconds(run.tookMs),
    ...sumOf(records),
    failures: of("failed"),
    skips: of("skipped"),
    slowest: slowest(records, SLOWEST).map((one) => ({ test: nameOf(one), tookS: seconds(one.tookMs) })),
  };
}

const nameOf = ({ file, title }: TestRecord) => `${file}: ${title}`;

/** Writes it to tests/nightly/<suite>.json, in place of the one before; to be committed. Returns the path from the root. */
export function keepNightlyResult(root: string, result: NightlyResult): string {
  const folder = join("tests", "nightly");
  mkdirSync(join(root, folder), { recursive: true });
  const file = join(folder, `${result.suite}.json`);
  writeFileSync(join(root, file), `${JSON.stringify(result, null, 2)}\n`);
  return file;
}
