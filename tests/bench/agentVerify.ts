import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { createHasher, hashFile, pieceBuffer } from "../../agent/actions/files/contentHash.ts";
import type { BigTree } from "./bigTree.ts";
import { dropCaches } from "./coldStart.ts";
import { short } from "./figures.ts";
import type { CopiedTrees, InstalledAgent } from "./installedAgent.ts";

const run = promisify(execFile);
const ROUNDS = 5;

/** How long each took, in ms. */
export interface TimedPair {
  readonly ours: number;
  readonly bare: number;
}

/** Our checksum of a file that is in memory, and md5sum's. */
export async function hashRounds(tree: BigTree, folder: string): Promise<readonly TimedPair[]> {
  const file = join(folder, tree.bigFiles[0] ?? "");
  const hasher = await createHasher("xxh128");
  const buffer = pieceBuffer();
  const { signal } = new AbortController();
  const ours = () =>
    timed(() => hashFile(Buffer.from(file), hasher, { buffer, signal, allow: async (bytes) => bytes }));
  const bare = () => timed(() => run("md5sum", ["--", file]));
  await bare(); // read into memory
  return inTurns("hash", ours, bare);
}

/** Both sides compared by an order, and both read by dd, from a cold cache each. */
export async function verifyRounds(
  agent: InstalledAgent,
  trees: CopiedTrees,
  tree: BigTree,
): Promise<readonly TimedPair[]> {
  await agent.start();
  try {
    return await inTurns(
      "verify",
      async () => {
        dropCaches();
        return timed(() => agent.order("verify", "files.verify", { from: trees.source, to: trees.target }));
      },
      async () => {
        dropCaches();
        return timed(async () => {
          for (const side of [trees.source, trees.target]) await readWithDd(side, tree);
        });
      },
    );
  } finally {
    await agent.end();
  }
}

/** The big files by dd, one after another; the small ones, of which thousands of processes would be made, by one cat. */
async function readWithDd(side: string, tree: BigTree): Promise<void> {
  for (const name of tree.bigFiles) await run("dd", [`if=${join(side, name)}`, "of=/dev/null", "bs=4M", "status=none"]);
  const small = `find '${join(side, "base")}' -mindepth 2 -type f -exec cat -- {} + > /dev/null`;
  await run("bash", ["-c", small]);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function inTurns(
  what: string,
  ours: () => Promise<number>,
  bare: () => Promise<number>,
): Promise<readonly TimedPair[]> {
  const pairs: TimedPair[] = [];
  for (let index = 0; index < ROUNDS; index += 1) {
    const first = index % 2 === 0 ? await ours() : await bare();
    const second = index % 2 === 0 ? await bare() : await ours();
    const pair = index % 2 === 0 ? { ours: first, bare: second } : { ours: second, bare: first };
    pairs.push(pair);
    console.log(`${what} ${index + 1}: ours ${short(pair.ours / 1000)} s, bare ${short(pair.bare / 1000)} s`);
  }
  return pairs;
}
