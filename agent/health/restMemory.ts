import { readFileSync, rmSync } from "node:fs";
import { z } from "zod";
import { RunId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import { replaceFile } from "../process/durableFile.ts";

const Kept = z.strictObject({ since: Instant, runId: RunId });
/** Since when PostgreSQL rests on purpose, and for which run. */
export type Kept = z.infer<typeof Kept>;

/** A planned stop is over by then (ms), whatever was written down: nobody must find a database unwatched for good. */
const LONGEST_MS = 12 * 3_600_000;

/** That PostgreSQL rests on purpose, kept over a restart of the agent. */
export interface RestMemory {
  /** Undefined where it does not rest, or where that was too long ago to be believed. */
  recall(now: Instant): Kept | undefined;
  keep(kept: Kept): void;
  forget(): void;
}

/** Keeps it in a file. What can't be written is no reason to fail a stop: then a restart only watches too early. */
export function restMemory(path: string, log: (line: string) => void): RestMemory {
  return {
    recall(now) {
      try {
        const kept = Kept.parse(JSON.parse(readFileSync(path, "utf8")));
        return now - kept.since < LONGEST_MS ? kept : undefined;
      } catch {
        return undefined;
      }
    },
    keep(kept) {
      try {
        replaceFile(path, `${JSON.stringify(kept)}\n`, { durable: true });
      } catch (error) {
        log(`the planned stop could not be written down: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    forget() {
      rmSync(path, { force: true });
    },
  };
}
