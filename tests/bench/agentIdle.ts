import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { short } from "./figures.ts";
import type { InstalledAgent } from "./installedAgent.ts";
import { cpuMs, residentBytes } from "./processes.ts";

const ROUNDS = 5;
/** What a start needs is over by then (ms). */
const SETTLE_MS = 8_000;
const WATCHED_MS = 20_000;

/** The agent at rest: connected, with its health told once a second, and nothing ordered. */
export interface IdleRound {
  readonly rssBytes: number;
  /** Beside a Node of the same version that only waits. */
  readonly rssRatio: number;
  /** Of one core. */
  readonly cpuPercent: number;
}

/** Starts it anew in each round, beside an empty Node. */
export async function idleRounds(agent: InstalledAgent): Promise<readonly IdleRound[]> {
  const rounds: IdleRound[] = [];
  for (let index = 0; index < ROUNDS; index += 1) {
    const empty = spawn(process.execPath, ["-e", "setInterval(() => {}, 1_000)"], { stdio: "ignore" });
    try {
      const pid = await agent.start();
      await sleep(SETTLE_MS);
      const cpuBefore = cpuMs(pid);
      await sleep(WATCHED_MS);
      const rssBytes = residentBytes(pid);
      const round = {
        rssBytes,
        rssRatio: rssBytes / residentBytes(empty.pid ?? 0),
        cpuPercent: ((cpuMs(pid) - cpuBefore) / WATCHED_MS) * 100,
      };
      rounds.push(round);
      const mib = short(rssBytes / 2 ** 20);
      console.log(`idle ${index + 1}: ${mib} MiB, ${short(round.rssRatio)} empty Nodes, ${short(round.cpuPercent)} %`);
    } finally {
      await agent.end();
      empty.kill("SIGKILL");
    }
  }
  return rounds;
}
