import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { TaskId } from "../../../domain/ids.ts";
import type { ThrottleSetting } from "../../../domain/throttle/setting.ts";
import { nightlyTest } from "../../support/nightly.ts";
import { connected, orderFor } from "./support/host.ts";
import { host, logs, server, useServerAndHost } from "./support/serverAndHost.ts";

useServerAndHost();

const counted = (taskId: TaskId) =>
  server
    .output(taskId)
    .bytes.toString()
    .match(/^line \d+$/gm)?.length ?? 0;
const shown = (taskId: TaskId) =>
  server.frames
    .flatMap((frame) => (frame.type === "progress" && frame.taskId === taskId ? [frame.progress] : []))
    .at(-1)?.throttle;
const paused: ThrottleSetting = { mode: "paused" };
const full: ThrottleSetting = { mode: "full" };

/** A task that counts until it is ended, and counts by now. */
async function counting(): Promise<TaskId> {
  const { order, ...rest } = orderFor("test.count", { to: 100_000, everySeconds: 0.05, exitCode: 0 });
  server.send({ ...rest, order });
  await server.until("it counts", () => counted(order.taskId) > 1);
  return order.taskId;
}

async function stands(taskId: TaskId): Promise<void> {
  await server.until("its progress says that it stands", () => shown(taskId)?.because !== undefined, 10_000);
  // What was written before is still on its way.
  await sleep(300);
  const before = counted(taskId);
  await sleep(500);
  expect(counted(taskId) - before).toBeLessThanOrEqual(1);
}

async function goes(taskId: TaskId): Promise<void> {
  const before = counted(taskId);
  await server.until("it goes on", () => counted(taskId) > before + 3, 10_000);
}

describe("how much a running task may take of its host", () => {
  test("is what the run ordered last, however late an older order comes; the owner's own word holds until the next one", async () => {
    const agent = await connected(server, host);
    const taskId = await counting();
    const order = (n: number, setting: ThrottleSetting) => server.send({ type: "throttle", taskId, order: n, setting });
    order(7, paused);
    await stands(taskId);
    expect(shown(taskId)).toEqual({ mode: "paused", because: "paused by order" });
    order(6, full);
    await stands(taskId);
    const said = await host.cli("throttle", taskId, "limited", "--mbps", "40", "--cpu-weight", "50");
    expect(said.out).toMatch(/^throttle {2}limited: at most 40\.0\s?MB\/s, CPU weight 50, by the owner$/m);
    await goes(taskId);
    order(7, paused);
    await sleep(300);
    await goes(taskId);
    await logs(agent, `throttle of ${taskId} by the owner: limited`);
    order(8, paused);
    await stands(taskId);

    // It lies in the task's spool: neither the end of the agent nor its return changes it.
    await agent.kill();
    await host.start();
    await server.until("the agent is back", () => server.isConnected);
    await stands(taskId);
    const stranger = await host.cli("throttle", taskId.replace(/\.\d+$/, ".9"), "paused");
    expect([stranger.code, stranger.err]).toEqual([1, expect.stringContaining("does not run here")]);
    server.send({ type: "cancel", taskId, graceMs: 3000 });
    await server.until("it is ended while it stands", () => server.reports.has(taskId), 10_000);
    expect(server.reports.get(taskId)![0]).toMatchObject({ outcome: "cancelled" });
  });

  nightlyTest(
    "rests by itself while the host is over a threshold, says which, and never goes beyond its owner's ceiling",
    async () => {
      // Every host that runs this test has a load over nothing.
      host.configure({ ceilings: { megabytesPerSecond: 30 }, throttle: { thresholds: { loadPerCore: 1e-9 } } });
      await connected(server, host);
      const taskId = await counting();
      await server.until(
        "the ceiling holds from the start",
        () => shown(taskId)?.bytesPerSecond === 30_000_000,
        10_000,
      );
      const automatic = { mode: "automatic", bytesPerSecond: 90_000_000, cpuWeight: 100, ioWeight: 100 } as const;
      server.send({ type: "throttle", taskId, order: 1, setting: automatic });
      await stands(taskId);
      expect(shown(taskId)).toEqual({
        mode: "automatic",
        bytesPerSecond: 30_000_000,
        because: expect.stringMatching(/^throttled: load per core \d+\.\d is over 0\.0$/),
      });
      expect((await host.cli("status")).out).toMatch(/^throttle {2}automatic: .*; rests: load per core/m);
      server.send({ type: "throttle", taskId, order: 2, setting: full });
      await goes(taskId);
      expect(shown(taskId)).toEqual({ mode: "limited", bytesPerSecond: 30_000_000 });
      server.send({ type: "cancel", taskId, graceMs: 3000 });
      await server.until("it is ended", () => server.reports.has(taskId), 10_000);
    },
  );
});
