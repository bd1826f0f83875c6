import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { rsyncCall } from "../../agent/tools/rsync.ts";
import { dropCaches } from "./coldStart.ts";
import { short } from "./figures.ts";
import type { CopiedTrees, InstalledAgent } from "./installedAgent.ts";
import { cpuMs, endedChildrenCpuMs } from "./processes.ts";

const run = promisify(execFile);

/** Pairs, as each is noisy: the two of a pair are right after each other, and their order changes. */
const ROUNDS = 7;

/**
 * Time between emptying the cache and a copy (ms). A virtual machine hands memory that was freed back to its host, a sixteenth of it every
 * two seconds (mm/page_reporting.c of Linux), and has to ask for it again page by page: the same rsync took 12 to 32 % more kernel time when
 * it began four seconds after the cache was emptied than when it began at once. An order takes its moment before rsync begins, so the two of a
 * pair would not meet the same; after this long all is handed back.
 */
const SETTLE_MS = 36_000;

export interface Cost {
  readonly wallMs: number;
  /** Of every process that took part. */
  readonly cpuMs: number;
}

export interface CopyRound {
  readonly ours: Cost;
  readonly bare: Cost;
}

/**
 * One copy by an order (accepted, journalled, listed before and after, run, reported) and one by rsync with the same arguments and
 * the same `sync` at its end, from a cold cache each.
 */
export async function copyRounds(agent: InstalledAgent, trees: CopiedTrees): Promise<readonly CopyRound[]> {
  const pid = await agent.start();
  const rounds: CopyRound[] = [];
  try {
    // Not counted: where the first copy onto a fresh disk was measured, it was the dearest (27 to 29 s of a core, then 20 to 25).
    await bareCopy(trees);
    for (let index = 0; index < ROUNDS; index += 1) {
      const first = index % 2 === 0;
      const before = first ? await ourCopy(agent, pid, trees) : await bareCopy(trees);
      const after = first ? await bareCopy(trees) : await ourCopy(agent, pid, trees);
      const round = first ? { ours: before, bare: after } : { ours: after, bare: before };
      rounds.push(round);
      const said = ({ wallMs, cpuMs: used }: Cost) => `${short(wallMs / 1000)} s, ${short(used / 1000)} s of a core`;
      console.log(`copy ${index + 1}: ours ${said(round.ours)}; rsync ${said(round.bare)}`);
    }
  } finally {
    await agent.end();
  }
  return rounds;
}

async function emptyTarget({ target }: CopiedTrees): Promise<void> {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  dropCaches();
  await sleep(SETTLE_MS);
}

async function ourCopy(agent: InstalledAgent, pid: number, trees: CopiedTrees): Promise<Cost> {
  await emptyTarget(trees);
  const used = () => cpuMs(pid) + endedChildrenCpuMs(pid);
  const [cpuBefore, began] = [used(), performance.now()];
  await agent.order("copy", "files.copy", { from: trees.source, to: trees.target });
  const wallMs = performance.now() - began;
  // The report is out before its runner has ended, and only then do the runner and rsync count with their agent.
  while (childrenOf(pid) !== "") await sleep(50);
  return { wallMs, cpuMs: used() - cpuBefore };
}

const childrenOf = (pid: number) => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();

async function bareCopy(trees: CopiedTrees): Promise<Cost> {
  await emptyTarget(trees);
  const { file, args } = rsyncCall({ from: trees.source, to: trees.target, byChecksum: false, owner: "", maxKiBps: 0 });
  const used = () => endedChildrenCpuMs(process.pid);
  const [cpuBefore, began] = [used(), performance.now()];
  // Beside an event loop that goes on: the agent's server has to answer meanwhile.
  await run(file, [...args], { maxBuffer: 2 ** 26 });
  await run("sync", ["--file-system", trees.target]);
  return { wallMs: performance.now() - began, cpuMs: used() - cpuBefore };
}
