import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Environment variable that every process of a suite inherits, however far it moves from its parent. */
export const RUN_MARK = "SLACKWATER_TEST_RUN";

/** A process that outlived the suite that started it. */
export interface Leak {
  readonly pid: number;
  readonly command: string;
}

const SETTLE_MS = 3_000;
const GRACE_MS = 2_000;

/**
 * Processes that carry the mark of a finished suite; those that are just ending get three seconds to do so. Linux only:
 * elsewhere nothing is found. A program that cleans its environment (docker's containers) is not seen.
 */
export async function findLeaks(mark: string, settleMs: number = SETTLE_MS): Promise<readonly Leak[]> {
  const giveUpAt = performance.now() + settleMs;
  for (;;) {
    const found = marked(mark);
    if (found.length === 0 || performance.now() >= giveUpAt) return found;
    await sleep(50);
  }
}

/** Ends leaked processes, by their numbers: asked first, forced after two seconds. */
export async function endLeaks(mark: string): Promise<void> {
  for (const leak of marked(mark)) signal(leak.pid, "SIGTERM");
  const left = await findLeaks(mark, GRACE_MS);
  for (const leak of left) signal(leak.pid, "SIGKILL");
}

function marked(mark: string): readonly Leak[] {
  if (process.platform !== "linux") return [];
  const found: Leak[] = [];
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "latin1");
      if (!`\0${environment}`.includes(`\0${RUN_MARK}=${mark}\0`)) continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      found.push({ pid, command });
    } catch {
      // It ended meanwhile, or belongs to somebody else.
    }
  }
  return found;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself.
  }
}
