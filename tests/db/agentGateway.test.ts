import { randomUUID, verify } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { RunId, TaskId } from "../../domain/ids.ts";
import { StepId, taskIdOf } from "../../domain/ids.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import { Instant } from "../../domain/time.ts";
import { MAX_FRAME_BYTES } from "../../protocol/agent.ts";
import { welcomeText } from "../../protocol/handshake.ts";
import { unansweredInputs } from "../../server/db/inputs.ts";
import { readOutput } from "../../server/db/outputPieces.ts";
import { publicKeyFrom } from "../../server/realtime/ed25519.ts";
import { useTestDatabase } from "../support/database.ts";
import type { FakeAgent, FakeHost } from "../support/fakeAgent.ts";
import { connectAgent, enrolHost, openAgent } from "../support/fakeAgent.ts";
import type { TestGateway } from "../support/gateway.ts";
import { startGateway } from "../support/gateway.ts";
import { makeRun } from "../support/runRows.ts";
import { SAMPLE } from "../support/sampleRun.ts";

const database = useTestDatabase();
let gateway: TestGateway;
const open: FakeAgent[] = [];

beforeAll(async () => {
  gateway = await startGateway(database.appUrl);
});
afterEach(async () => {
  for (const agent of open.splice(0)) agent.cut();
});
afterAll(async () => {
  await gateway.close();
});

async function connect(host: FakeHost, hello = {}): Promise<FakeAgent> {
  const agent = await connectAgent(gateway.agentUrl, host, hello);
  open.push(agent);
  return agent;
}

/** A host with a run of the sample runbook, and a task in the outbox. */
async function withTask() {
  const { pool } = database.db;
  const host = await enrolHost(pool, `host-${randomUUID().slice(0, 8)}`);
  const run = await makeRun(pool, {
    hostId: host.hostId,
    fingerprint: host.fingerprint,
    runbookText: JSON.stringify(SAMPLE),
    parameters: { from: "/srv/old", to: "/srv/new/data" },
  });
  const taskId = await addTask(run.runId, host, "copy");
  return { host, run, taskId };
}

async function addTask(runId: RunId, host: FakeHost, step: string): Promise<TaskId> {
  const taskId = taskIdOf(runId, StepId.parse(step), 1);
  const order = { taskId, action: "files.copy", arguments: { from: "/a" }, inspectFirst: false, withinMs: 60_000 };
  await database.db.pool.query(
    `insert into task (task_id, run_id, step_id, host_id, "order") values ($1, $2, $3, $4, $5)`,
    [taskId, runId, step, host.hostId, order],
  );
  return taskId;
}

const at = () => Instant.parse(Date.now());
const piece = (taskId: TaskId, offset: number, bytes: Buffer) =>
  ({ type: "output", taskId, offset, bytes: bytes.toString("base64"), at: at() }) as const;
const succeeded = (outputBytes = 0): TaskReport => ({
  outcome: "succeeded",
  startedAt: at(),
  endedAt: at(),
  outputBytes,
  result: { files_source: 1 },
});

async function outputOf(taskId: TaskId): Promise<Buffer> {
  return Buffer.concat((await readOutput(database.db.pool, taskId, 0, 1e9)).map((part) => Buffer.from(part.bytes)));
}
async function incidents(host: FakeHost): Promise<string[]> {
  const { rows } = await database.db.pool.query("select kind from host_incident where host_id = $1", [host.hostId]);
  return rows.map((row) => row.kind);
}
async function reports(runId: RunId) {
  return (await unansweredInputs(database.db.pool, runId)).map((input) =>
    input.kind === "report" ? input.report : input,
  );
}
async function acknowledgedUpTo(agent: FakeAgent, outputBytes: number): Promise<void> {
  await expect
    .poll(() => agent.heard.findLast((frame) => frame.type === "outputAcknowledged")?.outputBytes, { timeout: 5_000 })
    .toBe(outputBytes);
}

describe("who is let in", () => {
  test("a host with its enrolled key is welcomed by a server that proves its own", async () => {
    const host = await enrolHost(database.db.pool);
    const agent = await connect(host);
    const challenge = agent.heard[0];
    const welcome = await agent.next("welcome");
    expect(challenge).toMatchObject({ type: "challenge", serverKey: gateway.serverKey });
    const hellos = agent.heard.filter((frame) => frame.type === "rejected");
    expect(hellos).toEqual([]);
    expect(welcome.version).toBe(1);
    const key = publicKeyFrom(gateway.serverKey);
    // The agent's nonce is its own; that this signature fits nothing else is what welcomeText's test shows.
    const wrong = welcomeText({ serverNonce: "x", agentNonce: "y", hostId: host.hostId });
    expect(key && verify(null, Buffer.from(wrong), key, Buffer.from(welcome.signature, "base64"))).toBe(false);
    const { rows } = await database.db.pool.query("select link_owner, boot_id from host where id = $1", [host.hostId]);
    expect(rows[0]).toMatchObject({ link_owner: expect.any(String), boot_id: "boot-1" });
    await agent.close();
    await expect
      .poll(
        async () => (await database.db.pool.query("select link_owner from host where id = $1", [host.hostId])).rows[0],
      )
      .toEqual({ link_owner: null });
  });

  test("an unknown key, a wrong signature, another version, a revoked host and a copied machine are told why", async () => {
    const { pool } = database.db;
    const host = await enrolHost(pool);
    const stranger = { ...(await enrolHost(pool)), hostId: host.hostId };
    expect((await (await connect(stranger)).next("rejected")).because).toBe("unknownKey");
    const forged = stranger.sign("anything");
    expect((await (await connect(host, { signature: forged })).next("rejected")).because).toBe("badSignature");
    expect((await (await connect(host, { oldest: 7, newest: 9 })).next("rejected")).because).toBe("versionTooNew");
    expect((await (await connect(host, { oldest: 0, newest: 0 })).next("rejected")).because).toBe("versionTooOld");
    const copied = await connect(host, { machineId: "another" });
    expect((await copied.next("rejected")).because).toBe("keyInUse");
    expect(await incidents(host)).toEqual(["otherMachine"]);
    const early = await connect(host, { now: Date.now() - 3_600_000 });
    expect(await early.next("rejected")).toMatchObject({
      because: "clockSkew",
      message: expect.stringContaining("3600 s"),
    });
    await pool.query("update host set revoked_at = now() where id = $1", [host.hostId]);
    const revoked = await connect(host);
    expect((await revoked.next("rejected")).because).toBe("revoked");
    expect(await revoked.closed).toBe(1008);
  });

  test("a second agent with the same key is refused and recorded while the first has a task", async () => {
    const { host, taskId } = await withTask();
    const first = await connect(host);
    await first.next("task");
    first.send({ type: "taskAccepted", taskId });
    await expect.poll(async () => (await reports((await withRunOf(taskId)).runId)).length).toBe(1);
    const second = await connect(host, { tasks: [{ taskId, outputBytes: 0, running: true }] });
    expect((await second.next("rejected")).because).toBe("keyInUse");
    expect(await incidents(host)).toEqual(["keyInUse"]);
    first.send(piece(taskId, 0, Buffer.from("still here")));
    await acknowledgedUpTo(first, 10);
  });

  test("the same agent after a cut that the server has not noticed takes over from its dead connection", async () => {
    const { host, taskId } = await withTask();
    const first = await connect(host);
    await first.next("task");
    first.send({ type: "taskAccepted", taskId });
    await sleep(50);
    first.freeze();
    const second = await connect(host, { tasks: [{ taskId, outputBytes: 0, running: true }] });
    await second.next("welcome");
    second.send(piece(taskId, 0, Buffer.from("back")));
    await acknowledgedUpTo(second, 4);
    expect(await incidents(host)).toEqual([]);
  });

  test("without a task the newer connection of a host wins", async () => {
    const host = await enrolHost(database.db.pool);
    const first = await connect(host);
    const second = await connect(host);
    await second.next("welcome");
    expect(await first.closed).toBe(4001);
  });

  test("a host that is taken off the list while it is connected is cut off", async () => {
    const host = await enrolHost(database.db.pool);
    const agent = await connect(host);
    await database.db.pool.query("update host set revoked_at = now() where id = $1", [host.hostId]);
    expect(await agent.closed).toBe(4003);
  });

  test("whoever says anything but hello first is shown out", async () => {
    const host = await enrolHost(database.db.pool);
    const agent = await openAgent(gateway.agentUrl, host);
    open.push(agent);
    await agent.next("challenge");
    agent.send({ type: "taskAccepted", taskId: (await withTask()).taskId });
    expect(await agent.closed).toBe(1008);
  });
});

async function withRunOf(taskId: TaskId): Promise<{ runId: RunId }> {
  const { rows } = await database.db.pool.query("select run_id from task where task_id = $1", [taskId]);
  return { runId: rows[0].run_id };
}

describe("orders", () => {
  test("a task comes with the text and the words that its host checks, and again until it is answered", async () => {
    const { host, run, taskId } = await withTask();
    const agent = await connect(host);
    const { order, authority } = await agent.next("task");
    expect(order).toMatchObject({ taskId, action: "files.copy", arguments: { from: "/a" }, secrets: [] });
    expect(authority).toMatchObject({
      runbookText: JSON.stringify(SAMPLE),
      hosts: { db: host.fingerprint },
      decisions: [],
      chainHead: run.head.hash,
    });
    await agent.close();
    const again = await connect(host);
    await again.next("task");
    again.send({ type: "taskAccepted", taskId });
    await expect.poll(async () => reports(run.runId)).toEqual([{ report: "taskAccepted", taskId }]);
    await again.close();
    const third = await connect(host, { tasks: [{ taskId, outputBytes: 0, running: true }] });
    await third.next("welcome");
    await sleep(300);
    expect(third.heard.filter((frame) => frame.type === "task")).toEqual([]);
  });

  test("a task that appears while the host is connected comes at once; its cancel too", async () => {
    const { host, run } = await withTask();
    const agent = await connect(host);
    await agent.next("task");
    const second = await addTask(run.runId, host, "look");
    gateway.notifier.tell({ about: "host", hostId: host.hostId });
    expect((await agent.next("task")).order.taskId).toBe(second);
    agent.send({ type: "taskAccepted", taskId: second });
    await database.db.pool.query("update task set cancel_asked_at = now() where task_id = $1", [second]);
    gateway.notifier.tell({ about: "host", hostId: host.hostId });
    expect(await agent.next("cancel")).toMatchObject({ taskId: second, graceMs: expect.any(Number) });
  });

  test("a task that was cancelled before its host ever heard of it is never ordered", async () => {
    const { host, taskId } = await withTask();
    await database.db.pool.query("update task set cancel_asked_at = now() where task_id = $1", [taskId]);
    const agent = await connect(host);
    expect((await agent.next("cancel")).taskId).toBe(taskId);
    expect(agent.heard.filter((frame) => frame.type === "task")).toEqual([]);
  });

  test("a report is on record once before it is acknowledged, however often it is sent", async () => {
    const { host, run, taskId } = await withTask();
    const agent = await connect(host);
    agent.send({ type: "taskAccepted", taskId });
    agent.send({ type: "taskEnded", taskId, report: succeeded() });
    agent.send({ type: "taskEnded", taskId, report: succeeded() });
    await agent.next("reportAcknowledged");
    await agent.next("reportAcknowledged");
    expect((await reports(run.runId)).map((report) => "report" in report && report.report)).toEqual([
      "taskAccepted",
      "taskEnded",
    ]);
  });

  test("a task that was accepted and is known to nobody any more is reported as unknown, not run again", async () => {
    const { host, run, taskId } = await withTask();
    const agent = await connect(host);
    agent.send({ type: "taskAccepted", taskId });
    await expect.poll(async () => (await reports(run.runId)).length).toBe(1);
    await agent.close();
    const reborn = await connect(host, { tasks: [] });
    await expect
      .poll(async () => (await reports(run.runId)).at(-1))
      .toMatchObject({ report: "taskEnded", taskId, ended: { outcome: "unknown" } });
    expect(reborn.heard.filter((frame) => frame.type === "task")).toEqual([]);
  });

  test("a host that was started anew is reported to its runs", async () => {
    const { host, run } = await withTask();
    await (await connect(host)).close();
    await connect(host, { bootId: "boot-2" });
    await expect
      .poll(async () => (await reports(run.runId)).at(-1))
      .toMatchObject({ report: "hostTrouble", cause: "hostRebooted" });
  });

  test("the word of a host about another host's task counts for nothing", async () => {
    const { taskId, run } = await withTask();
    const other = await enrolHost(database.db.pool);
    const liar = await connect(other);
    liar.send({ type: "taskEnded", taskId, report: succeeded() });
    await liar.next("notUnderstood");
    liar.send(piece(taskId, 0, Buffer.from("forged")));
    await liar.next("notUnderstood");
    liar.send({ type: "progress", taskId, at: at(), progress: { done: 1, unit: "bytes" } });
    await liar.next("notUnderstood");
    expect(await reports(run.runId)).toEqual([]);
    expect(await outputOf(taskId)).toHaveLength(0);
    expect(await incidents(other)).toEqual(["notItsOwn"]);
  });
});

describe("output", () => {
  test("pieces that repeat, overlap and leave gaps end up as each byte once", async () => {
    const { host, taskId } = await withTask();
    const agent = await connect(host);
    const whole = Buffer.from(Array.from({ length: 5_000 }, (_, index) => index % 251));
    agent.send(piece(taskId, 0, whole.subarray(0, 1000)));
    agent.send(piece(taskId, 0, whole.subarray(0, 1000))); // again
    agent.send(piece(taskId, 500, whole.subarray(500, 2000))); // half of it again
    agent.send(piece(taskId, 3000, whole.subarray(3000, 4000))); // a gap: not taken
    await acknowledgedUpTo(agent, 2000);
    expect(await outputOf(taskId)).toEqual(whole.subarray(0, 2000));
    agent.send(piece(taskId, 2000, whole.subarray(2000)));
    await acknowledgedUpTo(agent, 5000);
    expect(await outputOf(taskId)).toEqual(whole);
  });

  test("after a cut the host is told what is on record and goes on from there; nothing is missing, nothing twice", async () => {
    const { host, taskId } = await withTask();
    const whole = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 253));
    const first = await connect(host);
    await first.next("task");
    first.send({ type: "taskAccepted", taskId });
    for (let offset = 0; offset < 200_000; offset += 20_000) {
      first.send(piece(taskId, offset, whole.subarray(offset, offset + 20_000)));
    }
    await acknowledgedUpTo(first, 200_000);
    for (let offset = 200_000; offset < 300_000; offset += 20_000) {
      first.send(piece(taskId, offset, whole.subarray(offset, offset + 20_000)));
    }
    first.cut();
    const second = await connect(host, { tasks: [{ taskId, outputBytes: whole.length, running: true }] });
    const { acknowledged } = await second.next("welcome");
    const from = acknowledged[0]?.outputBytes ?? 0;
    expect(from).toBeGreaterThanOrEqual(200_000);
    for (let offset = from; offset < whole.length; offset += 33_333) {
      second.send(piece(taskId, offset, whole.subarray(offset, offset + 33_333)));
    }
    await expect.poll(async () => (await outputOf(taskId)).equals(whole), { timeout: 5_000 }).toBe(true);
  });

  test("a hundred megabytes without a newline are stored, and shown only in part", async () => {
    const { host, run, taskId } = await withTask();
    const agent = await connect(host);
    const chunk = Buffer.alloc(60_000, 0x41);
    const rounds = 1_000; // 60 MB
    for (let index = 0; index < rounds; index += 1) {
      agent.send(piece(taskId, index * chunk.length, chunk));
      if (index % 50 === 0) await sleep(1);
    }
    await acknowledgedUpTo(agent, rounds * chunk.length);
    const { rows } = await database.db.pool.query(
      "select sum(length(bytes)) as bytes from output_piece where task_id = $1",
      [taskId],
    );
    expect(Number(rows[0].bytes)).toBe(rounds * chunk.length);
    const shownBytes = gateway.shown
      .filter(({ room, frame }) => room === `run:${run.runId}` && frame.type === "output")
      .reduce((sum, { frame }) => sum + (frame.type === "output" ? frame.text.length : 0), 0);
    expect(shownBytes).toBeLessThan(rounds * chunk.length);
    expect(shownBytes).toBeGreaterThan(0);
  }, 60_000);

  test("terminal sequences, HTML, NUL and torn characters are shown as harmless text", async () => {
    const { host, run, taskId } = await withTask();
    const agent = await connect(host);
    const euro = Buffer.from("\u20ac");
    agent.send(piece(taskId, 0, Buffer.concat([Buffer.from("a\u001b[31m\0<b>"), euro.subarray(0, 1)])));
    await acknowledgedUpTo(agent, 11);
    agent.send(piece(taskId, 11, Buffer.concat([euro.subarray(1), Buffer.from([0xff])])));
    await acknowledgedUpTo(agent, 14);
    const shown = gateway.shown.filter(({ room }) => room === `run:${run.runId}`).map(({ frame }) => frame);
    expect(shown).toMatchObject([
      { type: "output", offset: 0, endOffset: 10, text: "a\\u{1b}[31m\\u{0}<b>" },
      { type: "output", offset: 10, endOffset: 14, text: "\u20ac\\xff" },
    ]);
  });

  test("bytes that the host lost itself are counted, and what follows them is taken", async () => {
    const { host, taskId } = await withTask();
    const agent = await connect(host);
    agent.send(piece(taskId, 0, Buffer.from("before")));
    agent.send({ type: "outputLost", taskId, offset: 6, lengthBytes: 1000, because: "limit" });
    agent.send(piece(taskId, 1006, Buffer.from("after")));
    await acknowledgedUpTo(agent, 1011);
    const pieces = await readOutput(database.db.pool, taskId, 0, 1e9);
    expect(pieces.map(({ offset, bytes }) => [offset, Buffer.from(bytes).toString()])).toEqual([
      [0, "before"],
      [1006, "after"],
    ]);
    agent.send({ type: "outputLost", taskId, offset: 1011, lengthBytes: Number.MAX_SAFE_INTEGER, because: "limit" });
    await agent.next("notUnderstood");
  });
});

describe("live values", () => {
  test("progress is shown at once, at most ten times a second, kept once a second, and its last value always", async () => {
    const { host, run, taskId } = await withTask();
    const agent = await connect(host);
    const progress = (done: number) =>
      agent.send({ type: "progress", taskId, at: at(), progress: { done, total: 100, unit: "files" } });
    for (let done = 1; done <= 100; done += 1) {
      progress(done);
      await sleep(5);
    }
    const shown = () =>
      gateway.shown.flatMap(({ room, frame }) =>
        room === `run:${run.runId}` && frame.type === "progress" ? [frame] : [],
      );
    await expect.poll(() => shown().at(-1)?.progress.done).toBe(100);
    expect(shown().length).toBeLessThan(12);
    expect(shown().length).toBeGreaterThan(3);
    await expect
      .poll(
        async () =>
          (await database.db.pool.query("select progress from task where task_id = $1", [taskId])).rows[0].progress,
        { timeout: 3_000 },
      )
      .toMatchObject({ done: 100 });
  });

  test("more than all is shown as all, and marked", async () => {
    const { host, run, taskId } = await withTask();
    const agent = await connect(host);
    agent.send({
      type: "progress",
      taskId,
      at: at(),
      progress: { done: 500, total: 100, unit: "bytes", item: "x\u001b" },
    });
    await expect
      .poll(() => gateway.shown.findLast(({ room }) => room === `run:${run.runId}`)?.frame)
      .toMatchObject({ progress: { done: 100, total: 100, item: "x\\u{1b}" }, clamped: true });
  });

  test("health is shown each second and stored each ten", async () => {
    const host = await enrolHost(database.db.pool);
    const agent = await connect(host);
    const sample = {
      at: at(),
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
    const shown = () => gateway.shown.filter(({ room }) => room === `host:${host.hostId}`);
    await expect.poll(() => shown().length).toBeGreaterThan(0);
    await sleep(100);
    expect(shown()).toHaveLength(1);
    expect(shown()[0]?.frame).toMatchObject({
      sample: { memoryUsedBytes: 5, fileSystems: [{ path: "/a\\n", freeBytes: 5, totalBytes: 5 }] },
    });
    const { rows } = await database.db.pool.query("select count(*)::int as n from health_sample where host_id = $1", [
      host.hostId,
    ]);
    expect(rows[0].n).toBe(1);
  });
});

describe("probes", () => {
  test("the set comes while the run is live; only samples that could change a trigger's mind reach the engine", async () => {
    const { host, run } = await withTask();
    const agent = await connect(host);
    const sample = (ok: boolean, value?: number) =>
      agent.send({
        type: "probeSampled",
        probeId: "app",
        runId: run.runId,
        at: at(),
        ok,
        detail: "d",
        facts: [],
        ...(value === undefined ? {} : { value }),
      });
    sample(true);
    await agent.next("notUnderstood"); // not ordered: the run is being prepared
    expect(await reports(run.runId)).toEqual([]);
  });
});

describe("what can't be understood", () => {
  test("an unknown frame, no JSON and a binary message are answered, and the connection goes on", async () => {
    const { host, taskId } = await withTask();
    const agent = await connect(host);
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
    expect(await incidents(host)).toEqual(["unreadableFrame"]);
  });

  test("an oversized frame ends the connection with 1009 and nothing else", async () => {
    const { host, taskId } = await withTask();
    const agent = await connect(host);
    agent.sendRaw(JSON.stringify({ type: "output", bytes: "A".repeat(MAX_FRAME_BYTES) }));
    expect(await agent.closed).toBe(1009);
    const again = await connect(host);
    again.send(piece(taskId, 0, Buffer.from("back")));
    await acknowledgedUpTo(again, 4);
  });

  test("a host that sends nothing but rubbish is cut off", async () => {
    const host = await enrolHost(database.db.pool);
    const agent = await connect(host);
    for (let count = 0; count < 300; count += 1) agent.sendRaw("rubbish");
    expect(await agent.closed).toBe(1008);
  });

  test("texts that can't be stored or hashed arrive as ones that can", async () => {
    const { host, run, taskId } = await withTask();
    const agent = await connect(host);
    const text = JSON.stringify({
      type: "taskRefused",
      taskId,
      failure: { code: "notAuthorised", message: "NUL \0 and half \ud800 a character" },
    });
    agent.sendRaw(text);
    await expect
      .poll(async () => (await reports(run.runId))[0])
      .toMatchObject({ failure: { message: "NUL \ufffd and half \ufffd a character" } });
  });
});

describe("keys of a run", () => {
  test("a key is kept only with the host's own signature", async () => {
    const { host, run } = await withTask();
    const agent = await connect(host);
    const recipient = "age1qqqq";
    const sign = (text: string) => host.sign(text);
    agent.send({ type: "runKey", runId: run.runId, recipient, signature: sign("something else") });
    await agent.next("notUnderstood");
    const { runKeyText } = await import("../../protocol/handshake.ts");
    agent.send({
      type: "runKey",
      runId: run.runId,
      recipient,
      signature: sign(runKeyText({ runId: run.runId, recipient })),
    });
    await expect
      .poll(
        async () => (await database.db.pool.query("select recipient from run_key where run_id = $1", [run.runId])).rows,
      )
      .toEqual([{ recipient }]);
  });
});
