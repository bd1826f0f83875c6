import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canRunGuest, startGuest } from "../guest/guest.ts";

/** How quick guests are here: a figure of this machine, and what it means for a suite that works in guests. */
export interface GuestPace {
  /** One start of Node in a guest (ms), the best of some. */
  readonly nodeStartMs: number;
  /** So many times the written share such a suite has here; 1 where guests are as quick as those that it was written on. */
  readonly shares: number;
}

/**
 * One start of Node in a guest (ms) on the machine on which the shares of the suites were measured (2 cores, AMD EPYC, 29 Nov 2026).
 * It is what everything in a guest is made of: page faults and system calls, each of which changes between two processes of the host.
 */
const REFERENCE_MS = 330;
/** These machines are noisy, and an absolute time fails at three times its figure: so much, and no more, a share can grow. */
const MOST_SHARES = 3;
const STARTS = 4;

/** What a start of Node in a guest means for the share of a suite. A quicker machine gets no less. */
export function paceOf(nodeStartMs: number): GuestPace {
  return { nodeStartMs, shares: Math.min(MOST_SHARES, Math.max(1, nodeStartMs / REFERENCE_MS)) };
}

/** Measures it in a guest of its own; undefined where no guest can run, and then nothing of such a suite runs either. */
export async function measureGuestPace(): Promise<GuestPace | undefined> {
  if (!(await canRunGuest()).ok) return undefined;
  const stateDirectory = await mkdtemp(join(tmpdir(), "slackwater-pace-"));
  try {
    const guest = await startGuest({ name: "pace", stateDirectory, memoryMiB: 256 });
    try {
      const times: number[] = [];
      for (let nth = 0; nth < STARTS; nth += 1) {
        const { exitCode, output } = await guest.exec("TIMEFORMAT=%R; time node -e 0", { timeoutMs: 60_000 });
        const seconds = Number(output.trim());
        if (exitCode !== 0 || !Number.isFinite(seconds)) throw new Error(`Node did not start in a guest:\n${output}`);
        times.push(seconds * 1000);
      }
      return paceOf(Math.min(...times));
    } finally {
      await guest.remove();
    }
  } finally {
    await rm(stateDirectory, { recursive: true, force: true });
  }
}
