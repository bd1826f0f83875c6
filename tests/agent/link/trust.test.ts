import { chmodSync, cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ServerFrame } from "../../../protocol/agent.ts";
import { MAX_FRAME_BYTES } from "../../../protocol/agent.ts";
import { AGENT_PROTOCOL, OLDEST_AGENT_PROTOCOL } from "../../../protocol/version.ts";
import { connected, makeHost, orderFor } from "./support/host.ts";
import { host, logs, server, useServerAndHost } from "./support/serverAndHost.ts";

useServerAndHost();

/** A task is carried out: the agent is in its right mind. */
async function works(): Promise<void> {
  const task = orderFor("test.seq", { to: 10 });
  server.send(task);
  await server.until(
    "it carries out a task",
    () => server.reports.get(task.order.taskId)?.[0]?.outcome === "succeeded",
  );
}

describe("a server that an agent does not trust", () => {
  test("one with another key than the pinned one hears nothing of the host, not even its id", async () => {
    await host.enrolAt(server.url, server.token());
    server.manners.key = "other";
    const agent = await host.start();
    await logs(agent, "key is not the one pinned at enrolment");
    expect(server.frames).toEqual([]);
    const status = await host.cli("status");
    expect(status.out).toMatch(/link {6}refused since .*key is not the one pinned/);
  });

  test("one that says the right key but can't sign with it is given no work to order", async () => {
    await host.enrolAt(server.url, server.token());
    server.manners.welcomeSigns = "something else";
    const agent = await host.start();
    await logs(agent, "welcome is not signed with the key pinned at enrolment");
    server.send(orderFor("test.seq", { to: 1 }));
    await sleep(300);
    expect(server.frames.every((frame) => frame.type === "hello")).toBe(true);
    server.manners.welcomeSigns = undefined;
    await server.until("it comes back by itself", () => server.frames.some(({ type }) => type === "health"));
    await works();
  });

  test("one of a protocol that it does not speak is named with both versions", async () => {
    await host.enrolAt(server.url, server.token());
    server.manners.versions = { oldest: 7, newest: 9 };
    const agent = await host.start();
    await logs(agent, `The server speaks protocol 7 to 9, this agent ${OLDEST_AGENT_PROTOCOL} to ${AGENT_PROTOCOL}`);
  });
});

describe("a server that does not serve this host", () => {
  test("is asked again, seldom, and its reason stands in the status", async () => {
    await host.enrolAt(server.url, server.token());
    server.manners.rejects = "revoked";
    const agent = await host.start();
    await logs(agent, "does not serve this host (revoked)");
    expect((await host.cli("status")).out).toContain("revoked");
    server.manners.rejects = undefined;
    await server.until("it is served", () => server.isConnected);
  });

  test("a copy of the host's key elsewhere is refused while the first is connected, and does the first no harm", async () => {
    const first = await connected(server, host);
    const task = orderFor("test.count", { to: 30, everySeconds: 0.1, exitCode: 0 });
    server.send(task);
    const clone = makeHost();
    try {
      for (const name of ["identity.pem", "enrolment.json"]) {
        cpSync(join(host.stateDir, name), join(clone.stateDir, name), { recursive: true });
      }
      chmodSync(clone.stateDir, 0o700);
      const second = await clone.start();
      await logs(second, "does not serve this host (keyInUse)");
      await server.until("the first goes on", () => server.reports.has(task.order.taskId));
      expect(server.reports.get(task.order.taskId)![0]!.outcome).toBe("succeeded");
      expect(first.log()).not.toContain("keyInUse");
    } finally {
      await clone.clean();
    }
  });

  test("a second agent on the same state does not start", async () => {
    await connected(server, host);
    expect((await host.start()).said).toBe("failed alreadyRunning");
    await works();
  });
});

describe("frames that make no sense", () => {
  test("are answered politely and cost nothing", async () => {
    await connected(server, host);
    const nonsense = [
      "{",
      "null",
      "[]",
      '"task"',
      "{}",
      '{"type":"explode"}',
      '{"type":"cancel"}',
      '{"type":"welcome"}',
    ];
    for (const text of nonsense) server.sendRaw(text);
    server.sendRaw(Buffer.from([0, 1, 2, 255]));
    const answers = () => server.frames.filter(({ type }) => type === "notUnderstood").length;
    await server.until("each was answered", () => answers() === nonsense.length + 1);
    server.send({ type: "notUnderstood", issues: ["yours made no sense"] });
    server.sendRaw('{"type":"notUnderstood","issues":7}');
    await works();
    expect(answers()).toBe(nonsense.length + 1);
    expect(server.hellos).toHaveLength(1);
  });

  test("an order that can't be read is refused under its own id, so that nobody waits for it", async () => {
    await connected(server, host);
    const task = orderFor("test.seq", { to: 1 });
    server.sendRaw(JSON.stringify({ ...task, order: { ...task.order, withinMs: "long" } }));
    await server.until("it is refused", () => server.frames.some(({ type }) => type === "taskRefused"));
    expect(server.frames.find(({ type }) => type === "taskRefused")).toMatchObject({
      taskId: task.order.taskId,
      failure: { code: "argumentsInvalid", message: expect.stringContaining("order.withinMs") },
    });
  });

  test("one that is too large ends the connection, and the next one works", async () => {
    await connected(server, host);
    server.sendRaw(JSON.stringify({ type: "notUnderstood", issues: ["x".repeat(MAX_FRAME_BYTES)] }));
    await server.until("it is closed as too large", () => server.closes.includes(1009));
    await server.until("it comes back", () => server.hellos.length === 2 && server.isConnected);
    await works();
  });

  test("acknowledgements of what was never sent delete nothing", async () => {
    const agent = await connected(server, host);
    server.manners.acknowledgeOutput = false;
    server.manners.acknowledgeReports = false;
    const task = orderFor("test.count", { to: 20, everySeconds: 0.1, exitCode: 0 });
    const { taskId } = task.order;
    server.send(task);
    server.send({ type: "reportAcknowledged", taskId });
    await server.until("output comes", () => server.output(taskId).bytes.length > 0);
    server.send({ type: "outputAcknowledged", taskId, outputBytes: 1_000_000_000 });
    server.send({ type: "outputAcknowledged", taskId: orderFor("test.seq", {}).order.taskId, outputBytes: 5 });
    await server.until("it is reported all the same", () => server.reports.has(taskId));
    await logs(agent, "acknowledged 1000000000 bytes");
    await agent.end();
    await host.start();
    await server.until("it still holds it", () => server.hellos.length === 2);
    expect(server.hellos[1]!.tasks.map((held) => held.taskId)).toEqual([taskId]);
  });

  test("whatever a server says after its welcome, the agent stays itself", async () => {
    const types = [
      "task",
      "cancel",
      "outputAcknowledged",
      "reportAcknowledged",
      "probes",
      "makeRunKey",
      "endRun",
      "packAbout",
      "packEvents",
      "localJoined",
      "localRefused",
      "welcome",
    ];
    const frame = fc.record(
      {
        type: fc.constantFrom(...types),
        taskId: fc.string(),
        outputBytes: fc.jsonValue(),
        order: fc.jsonValue(),
        probes: fc.jsonValue(),
        runId: fc.jsonValue(),
      },
      { requiredKeys: ["type"] },
    );
    // Made first: it takes seconds on a busy machine, and an agent leaves a server that is silent for five.
    const values = fc.sample(frame, { numRuns: 400, seed: 7 });
    const texts = fc.sample(fc.string({ unit: "binary" }), { numRuns: 200, seed: 8 });
    await connected(server, host);
    // A second welcome that can be read is a reason to break off; here only unreadable ones are wanted.
    for (const value of values) server.sendRaw(JSON.stringify(value));
    for (const text of texts) server.sendRaw(text);
    await works();
    expect(server.hellos).toHaveLength(1);
  });

  test("a real challenge or welcome in the middle of a session is a reason to start over", async () => {
    const agent = await connected(server, host);
    const welcome: ServerFrame = { type: "welcome", version: 1, signature: "AAAA", acknowledged: [], now: 1 as never };
    server.send(welcome);
    await logs(agent, "not signed with the key pinned");
    await server.until("it comes back", () => server.hellos.length === 2 && server.isConnected);
    await works();
  });
});

describe("an agent.yaml that is not the owner's alone", () => {
  test("keeps the agent from starting at all", async () => {
    await host.enrolAt(server.url, server.token());
    chmodSync(host.configFile, 0o666);
    expect((await host.start()).said).toBe("failed notPermitted");
    chmodSync(host.configFile, 0o600);
    writeFileSync(host.configFile, "actions: everything\n");
    expect((await host.start()).said).toBe("failed argumentsInvalid");
  });
});
