import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Guest } from "../guest/guest.ts";
import { canRunGuest, startGuest } from "../guest/guest.ts";

/** How quick guests are here: figures of this machine, and what they mean for a suite that works in guests. */
export interface GuestPace {
  /** One start of Node in a guest (ms), the best of some. */
  readonly nodeStartMs: number;
  /** So many times the written share such a suite has here; 1 where guests are as quick as those that it was written on. */
  readonly shares: number;
  /** Two guests side by side get more done than one after the other. */
  readonly sideBySide: boolean;
}

/**
 * One start of Node in a guest (ms) on the machine on which the shares of the suites were measured (2 cores, AMD EPYC, 29 Nov 2026).
 * It is what everything in a guest is made of: page faults and system calls, each of which changes between two processes of the host.
 */
const REFERENCE_MS = 330;
/** These machines are noisy, and an absolute time fails at three times its figure: so much, and no more, a share can grow. */
const MOST_SHARES = 3;
/** So much longer take files one after the other than two at a time, on the machine of the shares (574 and 406 s). */
export const ONE_BY_ONE = 1.4;
const STARTS = 4;

/**
 * What a start of Node in a guest means for the share of a suite; a quicker machine gets no less. On some virtual machines the two
 * cores wait for each other at every page fault: there, two starts at once take more than twice as long as one.
 * @param togetherMs one start in each of two guests at once, until both are done (ms)
 */
export function paceOf(nodeStartMs: number, togetherMs: number): GuestPace {
  const shares = Math.min(MOST_SHARES, Math.max(1, nodeStartMs / REFERENCE_MS));
  return { nodeStartMs, shares, sideBySide: togetherMs < 2 * nodeStartMs };
}

/** Measures it in two guests of its own; undefined where no guest can run, and then nothing of such a suite runs either. */
export async function measureGuestPace(): Promise<GuestPace | undefined> {
  if (!(await canRunGuest()).ok) return undefined;
  const stateDirectory = await mkdtemp(join(tmpdir(), "slackwater-pace-"));
  const guests: Guest[] = [];
  const start = async (name: string): Promise<Guest> => {
    const guest = await startGuest({ name, stateDirectory, memoryMiB: 256 });
    guests.push(guest);
    return guest;
  };
  try {
    const one = await start("ebb");
    const both = [one, await start("flow")];
    await startsIn(both); // The first start in a guest reads its files.
    return paceOf(await best(() => startsIn([one])), await best(() => startsIn(both)));
  } finally {
    for (const guest of guests) await guest.remove();
    await rm(stateDirectory, { recursive: true, force: true });
  }
}

async function best(measure: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let nth = 0; nth < STARTS; nth += 1) least = Math.min(least, await measure());
  return least;
}

/** Starts Node once in each of the guests at once; answers the longest of these starts (ms), by the guests' own clocks. */
async function startsIn(guests: readonly Guest[]): Promise<number> {
  const times = guests.map(async (guest) => {
    const { exitCode, output } = await guest.exec("TIMEFORMAT=%R; time node -e 0", { timeoutMs: 60_000 });
    const seconds = Number(output.trim());
    if (exitCode !== 0 || !Number.isFinite(seconds)) throw new Error(`Node did not start in a guest:\n${output}`);
    return seconds * 1000;
  });
  return Math.max(...(await Promise.all(times)));
}
