import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nightlyTest } from "../../support/nightly.ts";
import type { LinkProxy } from "../../support/proxy.ts";
import { startProxy } from "../../support/proxy.ts";
import type { FakeServer } from "./support/fakeServer.ts";
import { connected, orderFor } from "./support/host.ts";
import { host, server, useServerAndHost } from "./support/serverAndHost.ts";

useServerAndHost();
let proxy: LinkProxy;
beforeEach(async () => {
  proxy = await startProxy({ port: server.port });
});
afterEach(() => proxy.close());

const throughProxy = () => `http://127.0.0.1:${proxy.port}`;

/** The output without the notes that the runner puts around it (`$ seq 1 …`). */
function numbersIn(bytes: Buffer): number[] {
  return bytes
    .toString()
    .split("\n")
    .filter((line) => /^\d+$/.test(line))
    .map(Number);
}

/** One to `to`: nothing missing, nothing doubled, nothing out of place. */
const counting = (to: number) => Array.from({ length: to }, (_, i) => i + 1);

async function reported(taskId: Parameters<FakeServer["reports"]["get"]>[0], withinMs = 30_000) {
  await server.until(`${taskId} is reported`, () => server.reports.has(taskId), withinMs);
  const [first, ...more] = server.reports.get(taskId)!;
  for (const again of more) expect(again).toEqual(first);
  const { outputBytes } = first!;
  await server.until("all output is here", () => server.output(taskId).bytes.length >= outputBytes, withinMs);
  expect(server.output(taskId).bytes.length).toBe(outputBytes);
  expect(server.output(taskId).contradictions).toBe(0);
  return first!;
}

describe("what a task wrote, and how it ended", () => {
  test("arrives whole and in order, and is not sent again once it was acknowledged", async () => {
    const agent = await connected(server, host);
    const task = orderFor("test.seq", { to: 300_000 });
    server.send(task);
    const report = await reported(task.order.taskId);
    expect(report.outcome).toBe("succeeded");
    expect(numbersIn(server.output(task.order.taskId).bytes)).toEqual(counting(300_000));
    expect(server.output(task.order.taskId).repeatedBytes).toBe(0);
    const accepted = server.frames.findIndex((frame) => frame.type === "taskAccepted");
    const firstOutput = server.frames.findIndex((frame) => frame.type === "output");
    expect(accepted).toBeLessThan(firstOutput);
    await agent.end();
    await host.start();
    await server.until("the agent is back", () => server.hellos.length === 2);
    expect(server.hellos[1]!.tasks).toEqual([]);
  });

  test("no byte is lost or doubled when the link is cut again and again in the middle of it", async () => {
    await connected(server, host, throughProxy());
    const task = orderFor("test.seq", { to: 400_000 });
    server.send(task);
    const { taskId } = task.order;
    const cutAt: number[] = [];
    for (let cut = 1; cut <= 4; cut += 1) {
      const have = server.output(taskId).bytes.length;
      await server.until("more output came", () => server.output(taskId).bytes.length > have);
      proxy.cut();
      cutAt.push(server.output(taskId).bytes.length);
      await server.until("the agent is back", () => server.hellos.length > cut && server.isConnected);
    }
    const { outputBytes } = await reported(taskId);
    for (const have of cutAt) expect(have).toBeLessThan(outputBytes);
    expect(numbersIn(server.output(taskId).bytes)).toEqual(counting(400_000));
  });

  nightlyTest(
    "a link that only looks open is given up within seconds, and everything goes on over a new one",
    async () => {
      await connected(server, host, throughProxy());
      const task = orderFor("test.count", { to: 120, everySeconds: 0.1, exitCode: 0 });
      server.send(task);
      await server.until("it counts", () => numbersOf(task) >= 5);
      const before = Date.now();
      proxy.halfOpen();
      await server.until("the agent is back", () => server.hellos.length === 2 && server.isConnected, 12_000);
      expect(Date.now() - before).toBeLessThan(9000);
      await reported(task.order.taskId);
      expect(numbersOf(task)).toBe(120);
    },
  );

  nightlyTest("a stalled link that comes back late costs nothing but time", async () => {
    await connected(server, host, throughProxy());
    const task = orderFor("test.seq", { to: 400_000 });
    server.send(task);
    await server.until("some output", () => server.output(task.order.taskId).bytes.length > 0);
    proxy.stall();
    await sleep(6500);
    proxy.heal();
    await reported(task.order.taskId);
    expect(numbersIn(server.output(task.order.taskId).bytes)).toEqual(counting(400_000));
  });

  nightlyTest("a server that keeps nothing is sent everything again until it does", async () => {
    await connected(server, host);
    server.manners.acknowledgeReports = false;
    server.manners.acknowledgeOutput = false;
    const task = orderFor("test.seq", { to: 20_000 });
    server.send(task);
    const { taskId } = task.order;
    await server.until("the report came twice", () => (server.reports.get(taskId)?.length ?? 0) > 1, 15_000);
    await server.until("output came again", () => server.output(taskId).repeatedBytes > 0, 15_000);
    server.manners.acknowledgeReports = true;
    server.manners.acknowledgeOutput = true;
    await reported(taskId);
    expect(numbersIn(server.output(taskId).bytes)).toEqual(counting(20_000));
  });

  test("a server that lost its memory gets everything again", async () => {
    const agent = await connected(server, host);
    const task = orderFor("test.seq", { to: 50_000 });
    server.manners.acknowledgeReports = false;
    server.send(task);
    await reported(task.order.taskId);
    await agent.end();
    server.forget();
    server.manners.acknowledgeReports = true;
    await host.start();
    await reported(task.order.taskId);
    expect(numbersIn(server.output(task.order.taskId).bytes)).toEqual(counting(50_000));
    // And when it asks for a task that was settled long ago, it is answered with what is known, not with a second run.
    server.forget();
    server.send(task);
    await reported(task.order.taskId);
    expect(numbersIn(server.output(task.order.taskId).bytes)).toEqual(counting(50_000));
  });

  test("more output than the host may keep is said to be lost, byte for byte", async () => {
    host.configure({ ceilings: { outputMiB: 1 } });
    await connected(server, host, throughProxy());
    const task = orderFor("test.seq", { to: 500_000 });
    server.send(task);
    await server.until("it was accepted", () => server.frames.some((frame) => frame.type === "taskAccepted"));
    proxy.isolate();
    await sleep(3000);
    proxy.heal();
    const { outputBytes } = await reported(task.order.taskId);
    const { lostBytes, bytes } = server.output(task.order.taskId);
    expect(outputBytes).toBeGreaterThan(3_000_000);
    expect(lostBytes).toBeGreaterThan(1_000_000);
    expect(numbersIn(bytes).at(-1)).toBe(500_000);
  });

  function numbersOf(task: { order: { taskId: Parameters<FakeServer["output"]>[0] } }): number {
    return (
      server
        .output(task.order.taskId)
        .bytes.toString()
        .match(/^line \d+$/gm) ?? []
    ).length;
  }
});
