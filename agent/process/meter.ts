import { readFileSync } from "node:fs";
import type { ProgramSpec } from "./actionContext.ts";

/** Counts what a program reads or writes while it runs. */
export interface Meter {
  /** Bytes since the last call. */
  read(): number;
}

const FIELD = { read: /^rchar: (\d+)$/m, written: /^wchar: (\d+)$/m } as const;

/**
 * Reads the kernel's account of one process (/proc/PID/io): all that it reads and writes, from the page cache or a disk. Exact at any
 * moment, where a program's own progress comes once a second and late.
 */
export function meterOf(pid: number, what: NonNullable<ProgramSpec["meter"]>): Meter {
  let last = 0;
  const total = () => {
    try {
      return Number(FIELD[what].exec(readFileSync(`/proc/${pid}/io`, "latin1"))?.[1] ?? last);
    } catch {
      return last;
    }
  };
  return {
    read() {
      const before = last;
      last = total();
      return last - before;
    },
  };
}
