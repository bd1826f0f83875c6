import { readFile } from "node:fs/promises";

/** Reads a list of processors as Linux writes it: 0-3,8 is 0, 1, 2, 3, 8. */
export function parseCpuList(text: string): readonly number[] {
  return text
    .trim()
    .split(",")
    .flatMap((range) => {
      const [first = Number.NaN, last = first] = range.split("-").map(Number);
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);
    });
}

// Two files of tests that run side by side begin on different processors; other programs can't know of each other.
let takenCount = Number(process.env.VITEST_POOL_ID) || Math.floor(Math.random() * 1024);

/**
 * The processor that the next guest shall stay on. A guest kernel and the guest's processes take turns at every system call
 * and page fault; on one processor that takes a third of the time it takes across two (`node -e 0`: 0.33 s, not 1.0 s). The
 * guests of one program take the processors in turn.
 */
export async function nextCpu(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8");
  const allowed = parseCpuList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? "0");
  takenCount += 1;
  return allowed[takenCount % allowed.length] ?? 0;
}
