import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { TaskId } from "../../../domain/ids.ts";
import { nightlyTest } from "../../support/nightly.ts";
import { connected, orderFor } from "./support/host.ts";
import { host, server, useServerAndHost } from "./support/serverAndHost.ts";

useServerAndHost();

const linesOf = (taskId: TaskId) =>
  server
    .output(taskId)
    .bytes.toString()
    .match(/^line \d+$/gm) ?? [];
const report = async (taskId: TaskId) => {
  await server.until(`${taskId} is reported`, () => server.reports.has(taskId), 30_000);
  return server.reports.get(taskId)![0]!;
};

describe("an agent that is killed", () => {
  test("leaves its task running, and the next one brings the whole output, each line once", async () => {
    const first = await connected(server, host);
    const task = orderFor("test.count", { to: 60, everySeconds: 0.1, exitCode: 0 });
    const { taskId } = task.order;
    server.send(task);
    await server.until("it counts", () => linesOf(taskId).length >= 5);
    await first.kill();
    await sleep(1500);
    const second = await host.start();
    await server.until("the new agent is there", () => server.hellos.length === 2 && server.isConnected);
    expect(server.hellos[1]!.tasks).toEqual([{ taskId, outputBytes: expect.any(Number), running: true }]);
    await second.kill();
    await host.start();
    expect(await report(taskId)).toMatchObject({ outcome: "succeeded" });
    await server.until("all lines are here", () => linesOf(taskId).length >= 60);
    expect(linesOf(taskId)).toEqual(Array.from({ length: 60 }, (_, i) => `line ${i + 1}`));
  });

  nightlyTest("a program that exits with 23 while no agent lives is reported as 23", async () => {
    const agent = await connected(server, host);
    const task = orderFor("test.count", { to: 10, everySeconds: 0.1, exitCode: 23 });
    server.send(task);
    await server.until("it counts", () => linesOf(task.order.taskId).length >= 2);
    await agent.kill();
    await sleep(2500);
    await host.start();
    expect(await report(task.order.taskId)).toMatchObject({
      outcome: "failed",
      exitCode: 23,
      failure: { code: "programFailed" },
    });
    await server.until("all lines are here", () => linesOf(task.order.taskId).length >= 10);
    expect(linesOf(task.order.taskId)).toHaveLength(10);
  });

  test("a task that ended and was not yet acknowledged is reported by the next agent, once", async () => {
    const agent = await connected(server, host);
    server.manners.acknowledgeReports = false;
    const task = orderFor("test.once", { file: join(host.room, "ran") });
    server.send(task);
    await report(task.order.taskId);
    await agent.kill();
    server.reports.clear();
    server.manners.acknowledgeReports = true;
    const second = await host.start();
    expect(await report(task.order.taskId)).toMatchObject({ outcome: "succeeded" });
    await second.end();
    await host.start();
    await server.until("the third agent is there", () => server.hellos.length === 3);
    expect(server.hellos[2]!.tasks).toEqual([]);
    expect(readFileSync(join(host.room, "ran"), "utf8")).toBe("began\ndone\n");
  });

  test("a cancel that was ordered while it was dead is carried out by the next one", async () => {
    const agent = await connected(server, host);
    const task = orderFor("test.count", { to: 1000, everySeconds: 0.1, exitCode: 0 });
    const { taskId } = task.order;
    server.send(task);
    await server.until("it counts", () => linesOf(taskId).length >= 2);
    await agent.kill();
    await host.start();
    await server.until("the new agent is there", () => server.hellos.length === 2 && server.isConnected);
    server.send({ type: "cancel", taskId, graceMs: 2000 });
    const ended = await report(taskId);
    expect(ended.outcome).toBe("cancelled");
    expect(ended).toMatchObject({
      receipt: { ended: expect.arrayContaining([expect.objectContaining({ by: "TERM" })]) },
    });
    expect(linesOf(taskId).length).toBeLessThan(100);
  });
});

describe("an order", () => {
  test("is carried out once, however often it is sent, and by whichever agent", async () => {
    const agent = await connected(server, host);
    const file = join(host.room, "ran");
    const task = orderFor("test.once", { file });
    for (let i = 0; i < 5; i += 1) server.send(task);
    await report(task.order.taskId);
    server.send(task);
    await agent.kill();
    await host.start();
    await server.until("the new agent is there", () => server.hellos.length === 2 && server.isConnected);
    server.send(task);
    const accepted = () => server.frames.filter((frame) => frame.type === "taskAccepted").length;
    await server.until("each was answered", () => accepted() >= 6);
    await sleep(700);
    expect(readFileSync(file, "utf8")).toBe("began\ndone\n");
  });

  test("with an unknown outcome is looked at first: done is done, half done goes on, not begun begins", async () => {
    await connected(server, host);
    const file = join(host.room, "ran");
    const look = (changes: object) => orderFor("test.once", { file }, { inspectFirst: true, ...changes });
    const fresh = look({});
    server.send(fresh);
    expect(await report(fresh.order.taskId)).toMatchObject({
      outcome: "succeeded",
      result: { lines: "began\ndone\n" },
    });
    const again = look({});
    server.send(again);
    expect(await report(again.order.taskId)).toMatchObject({
      outcome: "succeeded",
      result: { lines: "began\ndone\n" },
    });
    expect(readFileSync(file, "utf8")).toBe("began\ndone\n");
    await server.until("it says so", () => server.output(again.order.taskId).bytes.includes("Nothing was done again"));
    writeFileSync(file, "began\n");
    const half = look({});
    server.send(half);
    expect(await report(half.order.taskId)).toMatchObject({ result: { lines: "began\nbegan\ndone\n" } });
  });

  test("that takes longer than it may is ended, and says timedOut", async () => {
    await connected(server, host);
    const task = orderFor("test.count", { to: 1000, everySeconds: 0.1, exitCode: 0 }, { withinMs: 1500 });
    server.send(task);
    expect(await report(task.order.taskId)).toMatchObject({ outcome: "failed", failure: { code: "timedOut" } });
  });

  test("to cancel what never came is remembered: the task never runs, not even when it comes later", async () => {
    const agent = await connected(server, host);
    const file = join(host.room, "ran");
    const task = orderFor("test.once", { file });
    const { taskId } = task.order;
    server.send({ type: "cancel", taskId, graceMs: 1000 });
    expect(await report(taskId)).toMatchObject({ outcome: "cancelled", receipt: { ended: [], left: [] } });
    await agent.kill();
    await host.start();
    await server.until("the new agent is there", () => server.hellos.length === 2 && server.isConnected);
    server.reports.clear();
    server.send(task);
    expect(await report(taskId)).toMatchObject({ outcome: "cancelled" });
    await sleep(300);
    expect(existsSync(file)).toBe(false);
  });

  test("that was refused and is then cancelled is refused again: nobody waits for a refusal that was lost on the way", async () => {
    await connected(server, host);
    const task = orderFor("test.unknown", {});
    const { taskId } = task.order;
    const refusals = () => server.frames.filter((frame) => frame.type === "taskRefused" && frame.taskId === taskId);
    server.send(task);
    await server.until("it is refused", () => refusals().length === 1);
    server.send({ type: "cancel", taskId, graceMs: 1000 });
    await server.until("it is refused again", () => refusals().length === 2);
  });

  test("that this host does not allow is refused with the reason, and refused again with the same", async () => {
    const agent = await connected(server, host);
    const refusals = [
      [orderFor("test.unknown", {}), "actionUnknown"],
      [orderFor("test.seq", { to: "many" }), "argumentsInvalid"],
      [orderFor("test.once", { file: "/etc/passwd" }), "outsideAllowedRoots"],
      [orderFor("test.once", { file: join(host.room, "..", "agent.yaml") }), "outsideAllowedRoots"],
      [orderFor("test.secret", { secret: "operational" }), "secretMissing"],
      [orderFor("files.copy", { from: host.room, to: join(host.room, "b") }), "notAuthorised"],
    ] as const;
    const codes = () => server.frames.flatMap((frame) => (frame.type === "taskRefused" ? [frame.failure.code] : []));
    for (const [task] of refusals) server.send(task);
    await server.until("all are refused", () => codes().length === refusals.length);
    expect(codes()).toEqual(refusals.map(([, code]) => code));
    const before = server.frames.filter((frame) => frame.type === "taskRefused");
    await agent.kill();
    host.configure({ roots: { read: ["/"], write: ["/"] }, standing: ["files.copy"] });
    await host.start();
    await server.until("the new agent is there", () => server.hellos.length === 2 && server.isConnected);
    for (const [task] of refusals) server.send(task);
    await server.until("all are refused again", () => codes().length === 2 * refusals.length);
    expect(server.frames.filter((frame) => frame.type === "taskRefused").slice(refusals.length)).toEqual(before);
  });
});
