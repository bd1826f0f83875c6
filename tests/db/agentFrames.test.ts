import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { MAX_FRAME_BYTES } from "../../protocol/agent.ts";
import { acknowledgedUpTo, now, piece, useAgentGateway } from "../support/agentGatewayTest.ts";
import { enrolHost } from "../support/fakeAgent.ts";

const house = useAgentGateway();

describe("live values", () => {
  test("progress is shown at once, at most ten times a second, kept once a second, and its last value always", async () => {
    const { host, run, taskId } = await house.withTask();
    const agent = await house.connect(host);
    const progress = (done: number) =>
      agent.send({ type: "progress", taskId, at: now(), progress: { done, total: 100, unit: "files" } });
    for (let done = 1; done <= 100; done += 1) {
      progress(done);
      await sleep(5);
    }
    const shown = () =>
      house
        .gateway()
        .shown.flatMap(({ room, frame }) => (room === `run:${run.runId}` && frame.type === "progress" ? [frame] : []));
    await expect.poll(() => shown().at(-1)?.progress.done).toBe(100);
    expect(shown().length).toBeLessThan(12);
    expect(shown().length).toBeGreaterThan(3);
    await expect
      .poll(
        async () =>
          (await house.pool().query("select progress from task where task_id = $1", [taskId])).rows[0].progress,
        { timeout: 3_000 },
      )
      .toMatchObject({ done: 100 });
  });

  test("more than all is shown as all, and marked", async () => {
    const { host, run, taskId } = await house.withTask();
    const agent = await house.connect(host);
    agent.send({
      type: "progress",
      taskId,
      at: now(),
      progress: { done: 500, total: 100, unit: "bytes", item: "x\u001b" },
    });
    await expect
      .poll(() => house.gateway().shown.findLast(({ room }) => room === `run:${run.runId}`)?.frame)
      .toMatchObject({ progress: { done: 100, total: 100, item: "x\\u{1b}" }, clamped: true });
  });

  test("health is shown each second and stored each ten", async () => {
    const host = await enrolHost(house.pool());
    const agent = await house.connect(host);
    const sample = {
      at: now(),
      cpuPercent: 5,
      load1: 1,
      memoryUsedBytes: 9,
      memoryTotalBytes: 5,
      diskReadBytesPerSecond: 0,
      diskWriteBytesPerSecond: 0,
      networkInBytesPerSecond: 0,
      networkOutBytesPerSecond: 0,
      fileSystems: [{ path: "/a\n", freeBytes: 9, totalBytes: 5 }],
    };
    for (let count = 0; count < 20; count += 1) agent.send({ type: "health", sample });
    const shown = () => house.gateway().shown.filter(({ room }) => room === `host:${host.hostId}`);
    await expect.poll(() => shown().length).toBeGreaterThan(0);
    await sleep(100);
    expect(shown()).toHaveLength(1);
    expect(shown()[0]?.frame).toMatchObject({
      sample: { memoryUsedBytes: 5, fileSystems: [{ path: "/a\\n", freeBytes: 5, totalBytes: 5 }] },
    });
    const { rows } = await house
      .pool()
      .query("select count(*)::int as n from health_sample where host_id = $1", [host.hostId]);
    expect(rows[0].n).toBe(1);
  });
});

describe("what can't be understood", () => {
  test("an unknown frame, no JSON and a binary message are answered, and the connection goes on", async () => {
    const { host, taskId } = await house.withTask();
    const agent = await house.connect(host);
    agent.sendRaw('{"type":"newer"}');
    expect((await agent.next("notUnderstood")).issues[0]).toContain("type");
    agent.sendRaw("{{{");
    expect((await agent.next("notUnderstood")).issues).toEqual(["not JSON"]);
    agent.sendRaw(Buffer.from([0, 1, 2]));
    await agent.next("notUnderstood");
    agent.sendRaw('{"type":"notUnderstood","issues":5}');
    agent.send(piece(taskId, 0, Buffer.from("fine")));
    await acknowledgedUpTo(agent, 4);
    expect(agent.heard.filter((frame) => frame.type === "notUnderstood")).toHaveLength(3);
    expect(await house.incidents(host)).toEqual(["unreadableFrame"]);
  });

  test("an oversized frame ends the connection with 1009 and nothing else", async () => {
    const { host, taskId } = await house.withTask();
    const agent = await house.connect(host);
    agent.sendRaw(JSON.stringify({ type: "output", bytes: "A".repeat(MAX_FRAME_BYTES) }));
    expect(await agent.closed).toBe(1009);
    const again = await house.connect(host);
    again.send(piece(taskId, 0, Buffer.from("back")));
    await acknowledgedUpTo(again, 4);
  });

  test("a host that sends nothing but rubbish is cut off", async () => {
    const host = await enrolHost(house.pool());
    const agent = await house.connect(host);
    for (let count = 0; count < 300; count += 1) agent.sendRaw("rubbish");
    expect(await agent.closed).toBe(1008);
  });

  test("texts that can't be stored or hashed arrive as ones that can", async () => {
    const { host, run, taskId } = await house.withTask();
    const agent = await house.connect(host);
    const text = JSON.stringify({
      type: "taskRefused",
      taskId,
      failure: { code: "notAuthorised", message: "NUL \0 and half \ud800 a character" },
    });
    agent.sendRaw(text);
    await expect
      .poll(async () => (await house.reports(run.runId))[0])
      .toMatchObject({ failure: { message: "NUL \ufffd and half \ufffd a character" } });
  });

  test("a sample of a probe that nobody ordered counts for nothing", async () => {
    const { host, run } = await house.withTask();
    const agent = await house.connect(host);
    const { runId } = run;
    agent.send({ type: "probeSampled", probeId: "app", runId, at: now(), ok: false, detail: "d", facts: [] });
    expect((await agent.next("notUnderstood")).issues).toEqual(["probe app was not ordered"]);
    expect(await house.reports(runId)).toEqual([]);
  });
});
