import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { FakeServer } from "./support/fakeServer.ts";
import { connected, orderFor } from "./support/host.ts";
import { host, server, useServerAndHost } from "./support/serverAndHost.ts";

useServerAndHost();

const refusals = () => server.frames.flatMap((frame) => (frame.type === "taskRefused" ? [frame.failure] : []));
const lines = (taskId: Parameters<FakeServer["output"]>[0]) =>
  server
    .output(taskId)
    .bytes.toString()
    .match(/^line \d+$/gm) ?? [];

describe("the owner of the host, at its terminal", () => {
  test("sees whom the agent listens to and what it does, with the network down too", async () => {
    const agent = await connected(server, host);
    const task = orderFor("test.count", { to: 40, everySeconds: 0.1, exitCode: 0 });
    server.send(task);
    await server.until("it counts", () => lines(task.order.taskId).length > 1);
    const up = await host.cli("status");
    expect(up.out).toMatch(/^link {6}connected since/m);
    expect(up.out).toContain(`${task.order.taskId} test.count running`);
    expect(up.out).toContain(server.url);
    expect(statSync(join(host.stateDir, "control.sock")).mode & 0o777).toBe(0o600);
    await server.close();
    await server.until("the link is down", () => !server.isConnected);
    const down = await host.cli("status");
    expect(down.out).toMatch(/^link {6}connecting since/m);
    expect(down.code).toBe(0);
    await server.until("the task has ended by itself", () => agent.log().includes("ended"), 10_000);
  });

  test("can hold it: nothing new begins, not after a restart either, until it is let go", async () => {
    const agent = await connected(server, host);
    const held = await host.cli("hold", "--reason", "backup tapes are being changed");
    expect(held.out).toMatch(/begins {4}nothing: held for 0 min, backup tapes are being changed/);
    server.send(orderFor("test.seq", { to: 1 }));
    await server.until("it is refused", () => refusals().length === 1);
    expect(refusals()[0]).toMatchObject({ code: "notPermitted", message: expect.stringContaining("backup tapes") });
    await agent.end();
    await host.start();
    await server.until("the agent is back", () => server.hellos.length === 2 && server.isConnected);
    server.send(orderFor("test.seq", { to: 1 }));
    await server.until("it is refused", () => refusals().length === 2);
    expect((await host.cli("resume")).out).toContain("what is ordered and decided");
    const task = orderFor("test.seq", { to: 1 });
    server.send(task);
    await server.until("it runs again", () => server.reports.has(task.order.taskId));
  });

  test("can stop it: what runs is ended with a receipt, and nothing new begins", async () => {
    await connected(server, host);
    const task = orderFor("test.count", { to: 1000, everySeconds: 0.1, exitCode: 0 });
    server.send(task);
    await server.until("it counts", () => lines(task.order.taskId).length > 1);
    const stopped = await host.cli("stop", "--reason", "enough", "--grace", "2");
    expect(stopped.code).toBe(0);
    await server.until("it is ended", () => server.reports.has(task.order.taskId));
    expect(server.reports.get(task.order.taskId)![0]).toMatchObject({ outcome: "cancelled" });
    server.send(orderFor("test.seq", { to: 1 }));
    await server.until("nothing new begins", () => refusals().length === 1);
  });

  test("can end the agent; its task goes on, and the socket is gone", async () => {
    const agent = await connected(server, host);
    const task = orderFor("test.count", { to: 30, everySeconds: 0.1, exitCode: 0 });
    server.send(task);
    await server.until("it counts", () => lines(task.order.taskId).length > 1);
    expect(await agent.end()).toBe(0);
    const nobody = await host.cli("status");
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining("No agent is running here")]);
    await host.start();
    await server.until("it is reported", () => server.reports.has(task.order.taskId));
    expect(server.reports.get(task.order.taskId)![0]).toMatchObject({ outcome: "succeeded" });
    await server.until("every line came", () => lines(task.order.taskId).length === 30);
  });

  test("is told what each action misses here, and a wrong word", async () => {
    expect((await host.cli("doctor")).out).toMatch(/^(ok|MISSING) +files\.copy/m);
    expect((await host.cli("explode")).err).toContain("no command explode");
    expect((await host.cli("--help")).out).toContain("enroll --server URL");
    expect(existsSync(host.stateDir)).toBe(false);
  });
});
