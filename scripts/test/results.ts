import { appendFileSync, readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";

/** What became of one test. Written when it happens, so that a suite that is ended in the middle has said what it knew. */
export const TestRecord = z.object({
  file: z.string(),
  title: z.string(),
  outcome: z.enum(["passed", "failed", "skipped"]),
  tookMs: z.number(),
  /** Why it failed or was skipped; "" when it says nothing. */
  because: z.string(),
});
export type TestRecord = z.infer<typeof TestRecord>;

/** Environment variable with the file that the recorders add to. */
export const RECORD_FILE = "SLACKWATER_TEST_RECORD";

/** Adds one record to the file that RECORD_FILE names; does nothing when tests are run by hand. */
export function writeRecord(record: TestRecord): void {
  const file = process.env[RECORD_FILE];
  if (file) appendFileSync(file, `${JSON.stringify(record)}\n`);
}

/** Reads the records of a suite; a last line that was cut in the middle is left out. */
export function readRecords(file: string): readonly TestRecord[] {
  const records: TestRecord[] = [];
  for (const line of readFileSync(file, "utf8").split("\n")) {
    try {
      records.push(TestRecord.parse(JSON.parse(line)));
    } catch {
      // an empty or a cut line
    }
  }
  return records;
}

const LONGEST_BECAUSE = 600;

/**
 * What a test's failure says, on one line and without colours. More than its first line: of a list that should be empty the first
 * line says only that it is not, and on a machine that nobody can look into the rest is all there is.
 */
export function oneLine(message: string | undefined): string {
  const lines = stripVTControlCharacters(message ?? "").split("\n");
  const all = lines
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" | ");
  return all.length > LONGEST_BECAUSE ? `${all.slice(0, LONGEST_BECAUSE)}…` : all;
}

export interface Sum {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function sumOf(records: readonly TestRecord[]): Sum {
  const count = (outcome: TestRecord["outcome"]) => records.filter((one) => one.outcome === outcome).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

/** The last line of every test run, in the one form that machines read. */
export function sumLine({ passed, failed, skipped }: Sum): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** The slowest tests first. */
export function slowest(records: readonly TestRecord[], howMany: number): readonly TestRecord[] {
  return [...records].sort((a, b) => b.tookMs - a.tookMs).slice(0, howMany);
}
