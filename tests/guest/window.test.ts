import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunView } from "../../protocol/http/runs.ts";
import type { StepView } from "../../protocol/http/steps.ts";
import { mustRun } from "../../scripts/demo/agentOnHost.ts";
import { driveWindow } from "../../scripts/demo/autoRun.ts";
import { proveFromOutside } from "../../scripts/demo/proveRun.ts";
import { samplePaths } from "../../scripts/demo/sample/sampleState.ts";
import { untilRun } from "../../scripts/demo/watchRun.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import { askHost } from "../support/hostProof.ts";
import type { WindowScene } from "../support/windowHost.ts";
import { openScene, planSampleWindow } from "../support/windowHost.ts";
import type { WindowHouse } from "../support/windowHouse.ts";
import { proveLog, proveOutput, proveTasksOnce, proveWrites } from "../support/windowProof.ts";
import { guestFolder, whySkipped } from "./support/guestTest.ts";
import { SAMPLE_FOLDER } from "./support/sampleGuest.ts";

/** Slow enough that the copy of the sample (about 80 MB with its WAL) is still on after every accident (KiB per second). */
const COPY_KIB = 1_600;
/** A silent link is given up after 5 s by both sides. */
const CUT_MS = 7_000;

// That a program which ends with 23 while the agent is dead is reported as 23 is proven where it can be made to happen at a
// moment of our choice: tests/agent/link/survival.test.ts and tests/agent/process/survive.test.ts.
describe.skipIf(whySkipped)("a window in which everything dies once in the middle of the copy", () => {
  const guests = guestFolder();
  let house: WindowHouse | undefined;
  let scene: WindowScene;
  let runId: string;
  let ended: RunView;
  const passphrases = new Map<string, string>();
  /** Process numbers of the copy in the guest, after each accident. */
  const copiers: string[] = [];

  beforeAll(async () => {
    scene = await openScene(guests, "window", (opened) => {
      house = opened;
    });
    runId = await planSampleWindow(scene, { max_copy_kib: COPY_KIB });
  }, 600_000);
  afterAll(async () => house?.close());

  const copyOf = (run: RunView): StepView | undefined => run.steps.find(({ id }) => id === "copy");
  const doneOf = (run: RunView): number => copyOf(run)?.progress?.progress.done ?? 0;
  const untilCopied = (what: string, holds: (bytes: number) => boolean, withinMs: number) =>
    untilRun(scene.house.people.operator, runId, what, (run) => holds(doneOf(run)), withinMs);

  /** More of the copy is seen than before, by the processes that it began with. */
  async function copyGoesOn(after: string): Promise<void> {
    const before = doneOf((await scene.house.people.operator.run(runId)).run);
    const run = await untilCopied(`Progress of the copy after ${after}`, (bytes) => bytes > before, 120_000);
    expect([after, copyOf(run)?.stage, copyOf(run)?.attempt]).toEqual([after, "running", 1]);
    copiers.push(await mustRun(scene.host, "pgrep -x rsync | sort -n | tr '\\n' ' '"));
  }

  async function accidents(): Promise<void> {
    await untilCopied("The copy", (bytes) => bytes > 0, 900_000);
    await copyGoesOn("its beginning");
    await scene.house.killServer();
    await pause(1_000);
    await scene.house.startServer();
    await copyGoesOn("the server was killed");
    await scene.agent.kill();
    await pause(1_000);
    await scene.agent.start();
    await copyGoesOn("the agent was killed");
    await scene.guest.network("off");
    await pause(CUT_MS);
    await scene.guest.network("on");
    await copyGoesOn("the network was cut");
  }

  test("the copy goes on through a killed server, a killed agent and a cut network, and the run ends completed", async () => {
    const story: string[] = [];
    const how = { host: scene.host, sabotage: undefined, say: (line: string) => void story.push(line) };
    try {
      const people = { ...scene.house.people, writeDown: passphrases.set.bind(passphrases) };
      [ended] = await Promise.all([driveWindow(people, runId, how), accidents()]);
    } catch (error) {
      throw new Error(`${String(error)}\n${story.slice(-30).join("\n")}`, { cause: error });
    }
    expect(ended.outcome).toBe("completed");
    expect(copiers).toHaveLength(4);
    expect(new Set(copiers).size).toBe(1);
    expect(copiers[0]).toMatch(/^\d+ \d+/);
  }, 1_500_000);

  test("every event is there once, in order, chained, and each task was ordered and ended once", async () => {
    const log = await proveLog(scene.house.db, runId);
    expect(proveTasksOnce(log)).toBeGreaterThan(40);
    const copies = log.filter(({ event }) => event.type === "taskOrdered" && event.taskId.includes(".copy."));
    expect(copies).toHaveLength(1);
  });

  test("no byte of any output is lost or doubled between the host's disk and the server's", async () => {
    const log = await proveLog(scene.house.db, runId);
    const told = await proveOutput(scene.house.db, scene.host, log);
    expect(told.length).toBeGreaterThanOrEqual(40);
    expect(told.some((taskId) => taskId.includes(".copy."))).toBe(true);
  });

  test("no acknowledged write of the client that never rested is missing on the encrypted volume", async () => {
    const proof = await proveFromOutside(scene.host, ended, {
      root: projectRoot,
      node: process.execPath,
      statePath: samplePaths(SAMPLE_FOLDER).statePath,
    });
    expect(proof).toMatchObject({ rowsEqual: true, encrypted: "luks2" });
    expect(proof.downtimeS).toBeGreaterThan(5);
    expect(await proveWrites(scene.guest)).toBe(`${SAMPLE_FOLDER}/mnt/supersync/data`);
  });

  test("the host's own programs say what the report says of volume, passphrases, backups and the old directory", async () => {
    expect(await askHost(scene.host, scene.sample, ended, passphrases)).toEqual({
      allocated: "fully",
      slot0Operational: "opens",
      slot0Recovery: "refuses",
      slot1Recovery: "opens",
      mountedFrom: "/dev/mapper/supersync",
      header: "age-encryption.org/v1",
      lastBackupMode: "600",
      lastBackup: "1",
      owners: "same",
      oldState: "shut down",
      oldServer: "none",
      oldLog: "database system is shut down;received smart shutdown request",
      scratchDatabases: "0",
      maintenancePage: "down",
    });
    const stepIds = ended.steps.filter(({ stage }) => stage === "done").map(({ id }) => id);
    expect(stepIds).toEqual(expect.arrayContaining(["test-recovery", "save-header", "open-volume", "start-new"]));
    expect(ended.completion).toMatchObject({ allVerified: true });
  });
});
