import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Instant } from "../../domain/time.ts";
import { helloText, runKeyText } from "../../protocol/handshake.ts";
import { admit } from "../../server/realtime/agent/door.ts";
import { now, piece, succeeded, useAgentGateway } from "../support/agentGatewayTest.ts";
import { enrolHost } from "../support/fakeAgent.ts";
import { makeRun } from "../support/runRows.ts";
import { SAMPLE } from "../support/sampleRun.ts";

const house = useAgentGateway();

describe("orders", () => {
  test("a task comes with the text and the words that its host checks, and again until it is answered", async () => {
    const { host, run, taskId } = await house.withTask();
    const agent = await house.connect(host);
    const { order, authority } = await agent.next("task");
    expect(order).toMatchObject({ taskId, action: "files.copy", arguments: { from: "/a" }, secrets: [] });
    expect(authority).toMatchObject({
      runbookText: JSON.stringify(SAMPLE),
      hosts: { db: host.fingerprint },
      decisions: [],
      chainHead: run.head.hash,
    });
    await agent.close();
    const again = await house.connect(host);
    await again.next("task");
    again.send({ type: "taskAccepted", taskId });
    await expect.poll(async () => house.reports(run.runId)).toEqual([{ report: "taskAccepted", taskId }]);
    await again.close();
    const third = await house.connect(host, { tasks: [{ taskId, outputBytes: 0, running: true }] });
    await third.next("welcome");
    await sleep(300);
    expect(third.heard.filter((frame) => frame.type === "task")).toEqual([]);
  });

  test("a task that appears while the host is connected comes at once; its cancel too", async () => {
    const { host, run } = await house.withTask();
    const agent = await house.connect(host);
    await agent.next("task");
    const second = await house.addTask(run.runId, host, "look");
    house.gateway().notifier.tell({ about: "host", hostId: host.hostId });
    expect((await agent.next("task")).order.taskId).toBe(second);
    agent.send({ type: "taskAccepted", taskId: second });
    await house.pool().query("update task set cancel_asked_at = now() where task_id = $1", [second]);
    house.gateway().notifier.tell({ about: "host", hostId: host.hostId });
    expect(await agent.next("cancel")).toMatchObject({ taskId: second, graceMs: expect.any(Number) });
  });

  test("a task of which no word came reaches its host all the same, with the next look", async () => {
    const { host, run } = await house.withTask();
    const [agent, idle] = [await house.connect(host), await house.connect(await enrolHost(house.pool(), "idle"))];
    await agent.next("task");
    const second = await house.addTask(run.runId, host, "look");
    expect((await agent.next("task")).order.taskId).toBe(second);
    expect(house.gateway().log.filter((line) => line.includes("could not be looked"))).toEqual([]);
    expect(idle.heard.filter((frame) => frame.type === "task")).toEqual([]);
  });

  test("a task that was cancelled before its host ever heard of it is never ordered", async () => {
    const { host, taskId } = await house.withTask();
    await house.pool().query("update task set cancel_asked_at = now() where task_id = $1", [taskId]);
    const agent = await house.connect(host);
    expect((await agent.next("cancel")).taskId).toBe(taskId);
    expect(agent.heard.filter((frame) => frame.type === "task")).toEqual([]);
  });

  test("a report is on record once before it is acknowledged, however often it is sent", async () => {
    const { host, run, taskId } = await house.withTask();
    const agent = await house.connect(host);
    agent.send({ type: "taskAccepted", taskId });
    agent.send({ type: "taskEnded", taskId, report: succeeded() });
    agent.send({ type: "taskEnded", taskId, report: succeeded() });
    await agent.next("reportAcknowledged");
    await agent.next("reportAcknowledged");
    expect((await house.reports(run.runId)).map((report) => "report" in report && report.report)).toEqual([
      "taskAccepted",
      "taskEnded",
    ]);
  });

  test("a task that was accepted and is known to nobody any more is reported as unknown, not run again", async () => {
    const { host, run, taskId } = await house.withTask();
    const agent = await house.connect(host);
    agent.send({ type: "taskAccepted", taskId });
    await expect.poll(async () => (await house.reports(run.runId)).length).toBe(1);
    await agent.close();
    const reborn = await house.connect(host, { tasks: [] });
    await expect
      .poll(async () => (await house.reports(run.runId)).at(-1))
      .toMatchObject({ report: "taskEnded", taskId, ended: { outcome: "unknown" } });
    expect(reborn.heard.filter((frame) => frame.type === "task")).toEqual([]);
  });

  test("a host that was started anew is reported to its runs", async () => {
    const { host, run } = await house.withTask();
    await (await house.connect(host)).close();
    await house.connect(host, { bootId: "boot-2" });
    await expect.poll(async () => (await house.reports(run.runId)).at(-1)).toMatchObject({ report: "hostRebooted" });
  });

  test("a reboot is on record before the host is let in, and once: no end of the server in between loses it", async () => {
    const { host, run } = await house.withTask();
    await (await house.connect(host)).close();
    const { pool, runs, notifier } = { pool: house.pool(), ...house.gateway() };
    const now = Date.now;
    const serverNonce = "server";
    const signature = host.sign(
      helloText({ serverNonce, agentNonce: "agent", hostId: host.hostId, machineId: host.machineId }),
    );
    const { hostId, publicKey, machineId } = host;
    const versions = { oldest: 1, newest: 1, agentVersion: "0.1.0" };
    const presence = { now: Instant.parse(now()), tasks: [], bootId: "boot-2", actions: [] };
    const who = { type: "hello", hostId, publicKey, machineId, signature, nonce: "agent" } as const;
    const book = { record: async () => {} };
    const parts = { pool, runs, notifier, gatewayId: "ends-right-after", now };
    const admission = await admit(parts, book, { ...who, ...versions, ...presence }, serverNonce, () => undefined);
    expect(admission.admitted).toBe(true);
    await house.connect(host, { bootId: "boot-2" });
    const reboots = (await house.reports(run.runId)).filter(
      (report) => "report" in report && report.report === "hostRebooted",
    );
    expect(reboots).toMatchObject([{ report: "hostRebooted" }]);
  });

  test("a host that was started anew is asked for a new key: the old one was in its memory", async () => {
    const secrets = { operational: { title: "Operational", host: "db", holder: "operator", keep: "In the safe." } };
    const keys = { id: "keys", title: "Keys", items: [{ id: "seal", title: "Seal it", seal: "operational" }] };
    const host = await enrolHost(house.pool(), "forgetful");
    const { runId } = await makeRun(house.pool(), {
      ...{ hostId: host.hostId, fingerprint: host.fingerprint, parameters: { from: "/srv/old", to: "/srv/new/data" } },
      runbookText: JSON.stringify({ ...SAMPLE, checklist: [...SAMPLE.checklist, keys], secrets }),
    });
    const kept = async () =>
      (await house.pool().query("select recipient from run_key where run_id = $1", [runId])).rows;
    const answer = async (agent: Awaited<ReturnType<typeof house.connect>>, recipient: string) => {
      expect(await agent.next("makeRunKey")).toMatchObject({ runId });
      agent.send({ type: "runKey", runId, recipient, signature: host.sign(runKeyText({ runId, recipient })) });
      await expect.poll(kept).toEqual([{ recipient }]);
      await agent.close();
    };
    await answer(await house.connect(host), "age1first");
    const same = await house.connect(host);
    await same.next("welcome");
    await sleep(300);
    expect(same.heard.filter((frame) => frame.type === "makeRunKey")).toEqual([]);
    await same.close();
    await answer(await house.connect(host, { bootId: "boot-2" }), "age1second");
  });

  test("an order that fits no frame is refused with its size, and the host stays connected", async () => {
    const host = await enrolHost(house.pool(), "far-too-much");
    const runbookText = `${JSON.stringify(SAMPLE)}\n# ${'"'.repeat(180_000)}`;
    const run = await makeRun(house.pool(), { hostId: host.hostId, runbookText });
    await house.addTask(run.runId, host, "copy");
    const agent = await house.connect(host);
    await expect
      .poll(() => house.reports(run.runId))
      .toMatchObject([{ report: "taskRefused", failure: { message: expect.stringMatching(/\d+ bytes .* shorter/) } }]);
    expect(agent.heard.filter((frame) => frame.type === "task")).toEqual([]);
  });

  test("the word of a host about another host's task counts for nothing", async () => {
    const { taskId, run } = await house.withTask();
    const other = await enrolHost(house.pool());
    const liar = await house.connect(other);
    liar.send({ type: "taskEnded", taskId, report: succeeded() });
    await liar.next("notUnderstood");
    liar.send(piece(taskId, 0, Buffer.from("forged")));
    await liar.next("notUnderstood");
    liar.send({ type: "progress", taskId, at: now(), progress: { done: 1, unit: "bytes" } });
    await liar.next("notUnderstood");
    expect(await house.reports(run.runId)).toEqual([]);
    expect(await house.outputOf(taskId)).toHaveLength(0);
    expect(await house.incidents(other)).toEqual(["notItsOwn"]);
  });
});

describe("keys of a run", () => {
  test("a key is kept only with the host's own signature", async () => {
    const { host, run } = await house.withTask();
    const agent = await house.connect(host);
    const recipient = "age1qqqq";
    const sign = (text: string) => host.sign(text);
    agent.send({ type: "runKey", runId: run.runId, recipient, signature: sign("something else") });
    await agent.next("notUnderstood");
    agent.send({
      type: "runKey",
      runId: run.runId,
      recipient,
      signature: sign(runKeyText({ runId: run.runId, recipient })),
    });
    await expect
      .poll(async () => (await house.pool().query("select recipient from run_key where run_id = $1", [run.runId])).rows)
      .toEqual([{ recipient }]);
  });
});
