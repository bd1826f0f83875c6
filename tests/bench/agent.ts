import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyRounds } from "./agentCopy.ts";
import { idleRounds } from "./agentIdle.ts";
import { hashRounds, verifyRounds } from "./agentVerify.ts";
import { makeTree } from "./bigTree.ts";
import type { Outcome } from "./figures.ts";
import { keepResults, short, summary } from "./figures.ts";
import { installAgent } from "./installedAgent.ts";

/**
 * What the agent costs a host: at rest, beside a Node that does nothing; while it copies, beside bare rsync; while it compares,
 * beside md5sum on what is in memory and dd on what is not. The agent is the installed one.
 */
export async function agent(): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "slackwater-bench-"));
  const trees = { source: join(folder, "source"), target: join(folder, "target") };
  mkdirSync(trees.source);
  mkdirSync(trees.target);
  const endings: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  try {
    const installed = await installAgent(join(folder, "agent"), trees);
    endings.push(installed.clean);
    const idle = await idleRounds(installed);
    const tree = makeTree(trees.source);
    const hash = await hashRounds(tree, trees.source);
    const copies = await copyRounds(installed, trees);
    const verify = await verifyRounds(installed, trees, tree);
    const results = {
      rssRatio: summary(idle.map(({ rssRatio }) => rssRatio)),
      idleCpuPercent: summary(idle.map(({ cpuPercent }) => cpuPercent)),
      copyCpuRatio: summary(copies.map(({ ours, bare }) => ours.cpuMs / bare.cpuMs)),
      copyWallRatio: summary(copies.map(({ ours, bare }) => ours.wallMs / bare.wallMs)),
      verifyHashRatio: summary(hash.map(({ ours, bare }) => bare / ours)),
      verifyDiskRatio: summary(verify.map(({ ours, bare }) => bare / ours)),
      treeBytes: tree.sizeBytes,
      idle,
      copies,
      hash,
      verify,
    };
    console.log(`kept in ${keepResults("agent", results)}`);
    const limits = [
      { name: "rss_ratio", value: results.rssRatio.median, most: 2 },
      { name: "idle_cpu_pct", value: results.idleCpuPercent.median, most: 1 },
      { name: "copy_cpu_ratio", value: results.copyCpuRatio.median, most: 1.05 },
      { name: "copy_wall_ratio", value: results.copyWallRatio.median, most: 1.05 },
      { name: "verify_hash_ratio", value: results.verifyHashRatio.median, least: 4 },
      { name: "verify_disk_ratio", value: results.verifyDiskRatio.median, least: 0.9 },
    ];
    return { line: `agent: ${limits.map(({ name, value }) => `${name}=${short(value)}`).join(" ")}`, limits };
  } finally {
    for (const end of endings.reverse()) await end();
  }
}
