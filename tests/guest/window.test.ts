import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunView } from "../../protocol/http/runs.ts";
import { mustRun } from "../../scripts/demo/agentOnHost.ts";
import { driveWindow } from "../../scripts/demo/autoRun.ts";
import { proveFromOutside } from "../../scripts/demo/proveRun.ts";
import type { SampleState } from "../../scripts/demo/sample/sampleState.ts";
import { samplePaths } from "../../scripts/demo/sample/sampleState.ts";
import type { SampleHost } from "../../scripts/demo/sampleHost.ts";
import { untilRun } from "../../scripts/demo/watchRun.ts";
import type { Guest } from "../../scripts/guest/guest.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import { waitUntil } from "../support/waitUntil.ts";
import type { WindowAgent } from "../support/windowHost.ts";
import { planSampleWindow, sampleHostOf, startWindowAgent } from "../support/windowHost.ts";
import type { WindowHouse } from "../support/windowHouse.ts";
import { openWindowHouse } from "../support/windowHouse.ts";
import { proveLog, proveOutput, proveTasksOnce } from "../support/windowProof.ts";
import { guestFolder, whySkipped } from "./support/guestTest.ts";
import { checkWrites, makeTemplate, SAMPLE_FOLDER, sql, startSample } from "./support/sampleGuest.ts";

/** Slow enough that the copy of the sample (about 80 MB with its WAL) is still on after every accident (KiB per second). */
const COPY_KIB = 1_600;

describe.skipIf(whySkipped)("a window in which everything dies once in the middle of the copy", () => {
  const guests = guestFolder();
  let guest: Guest;
  let house: WindowHouse;
  let host: SampleHost;
  let sample: SampleState;
  let agent: WindowAgent;
  let runId: string;
  let ended: RunView;
  /** Process numbers of the copy in the guest, looked at before and after each accident. */
  const copiers: string[] = [];

  beforeAll(async () => {
    const template = await makeTemplate(guests.stateDirectory);
    house = await openWindowHouse(guests.stateDirectory);
    guest = await guests.start({ name: "window", memoryMiB: 1536, ports: [house.port], lifetimeMs: 1_200_000 });
    sample = await startSample(guest, template);
    host = sampleHostOf(guest);
    agent = await startWindowAgent(house, host, sample);
    runId = await planSampleWindow(house, host, sample, agent, { max_copy_kib: COPY_KIB });
  });
  afterAll(async () => house?.close());

  const readCopy = async () => (await house.people.operator.run(runId)).run.steps.find(({ id }) => id === "copy");
  const bytesDone = async () => (await readCopy())?.progress?.progress.done ?? 0;

  /** The copy is still the one that was begun, and what it has done is seen again. */
  async function copyGoesOn(after: string): Promise<void> {
    const before = await bytesDone();
    await waitUntil(`progress of the copy is seen after ${after}`, async () => (await bytesDone()) > before, 60_000);
    const step = await readCopy();
    expect([after, step?.stage, step?.attempt]).toEqual([after, "running", 1]);
    copiers.push(await mustRun(host, "pgrep -x rsync | sort -n | tr '\\n' ' '"));
  }

  async function accidents(): Promise<void> {
    await untilRun(
      house.people.operator,
      runId,
      "The copy",
      ({ steps }) => (steps.find(({ id }) => id === "copy")?.progress?.progress.done ?? 0) > 0,
      600_000,
    );
    await copyGoesOn("its beginning");
    await house.killServer();
    await pause(1_000);
    await house.startServer();
    await copyGoesOn("the server was killed");
    await agent.kill();
    await pause(1_000);
    await agent.start();
    await copyGoesOn("the agent was killed");
    await guest.network("off");
    await pause(7_000); // both sides give a silent link up after 5 s
    await guest.network("on");
    await copyGoesOn("the network was cut");
  }

  test("the copy goes on through a killed server, a killed agent and a cut network, and the run ends completed", async () => {
    const how = { host, sabotage: undefined, say: (line: string) => void story.push(line) };
    const story: string[] = [];
    try {
      [ended] = await Promise.all([driveWindow(house.people, runId, how), accidents()]);
    } catch (error) {
      throw new Error(`${String(error)}\n${story.slice(-30).join("\n")}`, { cause: error });
    }
    expect(ended.outcome).toBe("completed");
    expect(copiers).toHaveLength(4);
    expect(new Set(copiers).size).toBe(1);
    expect(copiers[0]).toMatch(/^\d+ \d+/);
  }, 900_000);

  test("every event is there once, in order, chained, and each task was ordered and ended once", async () => {
    const log = await proveLog(house.db, runId);
    expect(proveTasksOnce(log)).toBeGreaterThan(40);
    const copies = log.filter(({ event }) => event.type === "taskOrdered" && event.taskId.includes(".copy."));
    expect(copies).toHaveLength(1);
  });

  test("no byte of any output is lost or doubled between the host's disk and the server's", async () => {
    const log = await proveLog(house.db, runId);
    const told = await proveOutput(house.db, host, log);
    expect(told.length).toBeGreaterThanOrEqual(40);
    expect(told.some((taskId) => taskId.includes(".copy."))).toBe(true);
  });

  test("no acknowledged write of the client that never rested is missing on the encrypted volume", async () => {
    const proof = await proveFromOutside(host, ended, {
      root: projectRoot,
      node: process.execPath,
      statePath: samplePaths(SAMPLE_FOLDER).statePath,
    });
    expect(proof).toMatchObject({ rowsEqual: true, encrypted: "luks2" });
    expect(proof.downtimeS).toBeGreaterThan(5);
    expect(await sql(guest, "show data_directory")).toBe(`${SAMPLE_FOLDER}/mnt/supersync/data`);
    const { acceptedCount } = await checkWrites(guest);
    await waitUntil(
      "the client writes on",
      async () => (await checkWrites(guest)).acceptedCount > acceptedCount + 3,
      30_000,
    );
    const after = await checkWrites(guest);
    expect(after.missingCount).toBe(0);
    expect(after.storedCount).toBeGreaterThanOrEqual(after.acceptedCount);
  });
});
