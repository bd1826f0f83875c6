import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunView } from "../../protocol/http/runs.ts";
import { driveWindow } from "../../scripts/demo/autoRun.ts";
import { proveFromOutside } from "../../scripts/demo/proveRun.ts";
import { samplePaths } from "../../scripts/demo/sample/sampleState.ts";
import { untilRun } from "../../scripts/demo/watchRun.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import { breakEverythingOnce } from "../support/accidents.ts";
import { askHost, HOST_AFTERWARDS } from "../support/hostProof.ts";
import { proveLog, proveOutput, proveTasksOnce } from "../support/logProof.ts";
import type { WindowScene } from "../support/windowHost.ts";
import { openScene, planSampleWindow } from "../support/windowHost.ts";
import type { WindowHouse } from "../support/windowHouse.ts";
import { describeNightly, guestFolder } from "./support/guestTest.ts";
import { SAMPLE_FOLDER } from "./support/sampleGuest.ts";
import { proveWrites } from "./support/writesProof.ts";

/** Slow enough that the copy of the sample (about 80 MB with its WAL) is still on after every accident (KiB per second). */
const COPY_KIB = 1_600;

// That a program which ends with 23 while the agent is dead is reported as 23 is proven where it can be made to happen at a
// moment of our choice: tests/agent/link/survival.test.ts and tests/agent/process/survive.test.ts.
// npm test has it in a journey with five people before their browsers (tests/e2e/journeys/wholeWindow.spec.ts), on whatever host has
// dm-crypt; here nobody watches, and the host is always a guest.
describeNightly("a window in which everything dies once in the middle of the copy", inGuest);

function inGuest(): void {
  const guests = guestFolder();
  let house: WindowHouse | undefined;
  let scene: WindowScene;
  let runId: string;
  let ended: RunView;
  const passphrases = new Map<string, string>();

  beforeAll(async () => {
    scene = await openScene(guests, "window", (opened) => {
      house = opened;
    });
    runId = await planSampleWindow(scene, { max_copy_kib: COPY_KIB });
  }, 600_000);
  afterAll(async () => house?.close());

  async function accidents(): Promise<readonly string[]> {
    const { house, host, agent } = scene;
    const client = house.people.operator;
    const copies = (run: RunView) => (run.steps.find(({ id }) => id === "copy")?.progress?.progress.done ?? 0) > 0;
    await untilRun(client, runId, "The copy", copies, 900_000);
    return breakEverythingOnce({
      ...{ runId, client, host, agent },
      killServer: house.killServer,
      startServer: house.startServer,
    });
  }

  test("the copy goes on through a killed server, a killed agent and a cut network, and the run ends completed", async () => {
    const story: string[] = [];
    const how = { host: scene.host, sabotage: undefined, say: (line: string) => void story.push(line) };
    let broken: readonly string[] = [];
    try {
      const people = { ...scene.house.people, writeDown: passphrases.set.bind(passphrases) };
      [ended, broken] = await Promise.all([driveWindow(people, runId, how), accidents()]);
    } catch (error) {
      throw new Error(`${String(error)}\n${story.slice(-30).join("\n")}`, { cause: error });
    }
    expect(ended.outcome).toBe("completed");
    expect(broken).toEqual(["the server was killed", "the agent was killed", "the network was cut"]);
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
    expect(await askHost(scene.host, scene.sample, ended, passphrases)).toEqual(HOST_AFTERWARDS);
    const stepIds = ended.steps.filter(({ stage }) => stage === "done").map(({ id }) => id);
    expect(stepIds).toEqual(expect.arrayContaining(["test-recovery", "save-header", "open-volume", "start-new"]));
    expect(ended.completion).toMatchObject({ allVerified: true });
  });
}
