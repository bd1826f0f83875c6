import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { readOutput } from "../../server/db/outputPieces.ts";
import { acknowledgedUpTo, piece, useAgentGateway } from "../support/agentGatewayTest.ts";

const house = useAgentGateway();

describe("output", () => {
  test("pieces that repeat, overlap and leave gaps end up as each byte once", async () => {
    const { host, taskId } = await house.withTask();
    const agent = await house.connect(host);
    const whole = Buffer.from(Array.from({ length: 5_000 }, (_, index) => index % 251));
    agent.send(piece(taskId, 0, whole.subarray(0, 1000)));
    agent.send(piece(taskId, 0, whole.subarray(0, 1000))); // again
    agent.send(piece(taskId, 500, whole.subarray(500, 2000))); // half of it again
    agent.send(piece(taskId, 3000, whole.subarray(3000, 4000))); // a gap: not taken
    await acknowledgedUpTo(agent, 2000);
    expect(await house.outputOf(taskId)).toEqual(whole.subarray(0, 2000));
    agent.send(piece(taskId, 2000, whole.subarray(2000)));
    await acknowledgedUpTo(agent, 5000);
    expect(await house.outputOf(taskId)).toEqual(whole);
  });

  test("after a cut the host is told what is on record and goes on from there; nothing is missing, nothing twice", async () => {
    const { host, taskId } = await house.withTask();
    const whole = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 253));
    const first = await house.connect(host);
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
    const second = await house.connect(host, { tasks: [{ taskId, outputBytes: whole.length, running: true }] });
    const { acknowledged } = await second.next("welcome");
    const from = acknowledged[0]?.outputBytes ?? 0;
    expect(from).toBeGreaterThanOrEqual(200_000);
    for (let offset = from; offset < whole.length; offset += 33_333) {
      second.send(piece(taskId, offset, whole.subarray(offset, offset + 33_333)));
    }
    await expect.poll(async () => (await house.outputOf(taskId)).equals(whole), { timeout: 5_000 }).toBe(true);
  });

  test("a hundred megabytes without a newline are stored, and shown only in part", async () => {
    const { host, run, taskId } = await house.withTask();
    const agent = await house.connect(host);
    const chunk = Buffer.alloc(60_000, 0x41);
    const rounds = 1_700; // 102 MB
    for (let index = 0; index < rounds; index += 1) {
      agent.send(piece(taskId, index * chunk.length, chunk));
      if (index % 50 === 0) await sleep(1);
    }
    await acknowledgedUpTo(agent, rounds * chunk.length);
    const { rows } = await house
      .pool()
      .query("select sum(length(bytes)) as bytes from output_piece where task_id = $1", [taskId]);
    expect(Number(rows[0].bytes)).toBe(rounds * chunk.length);
    const shownBytes = house
      .gateway()
      .shown.filter(({ room, frame }) => room === `run:${run.runId}` && frame.type === "output")
      .reduce((sum, { frame }) => sum + (frame.type === "output" ? frame.text.length : 0), 0);
    expect(shownBytes).toBeLessThan(rounds * chunk.length);
    expect(shownBytes).toBeGreaterThan(0);
  }, 60_000);

  test("terminal sequences, HTML, NUL and torn characters are shown as harmless text", async () => {
    const { host, run, taskId } = await house.withTask();
    const agent = await house.connect(host);
    const euro = Buffer.from("\u20ac");
    agent.send(piece(taskId, 0, Buffer.concat([Buffer.from("a\u001b[31m\0<b>"), euro.subarray(0, 1)])));
    await acknowledgedUpTo(agent, 11);
    agent.send(piece(taskId, 11, Buffer.concat([euro.subarray(1), Buffer.from([0xff])])));
    await acknowledgedUpTo(agent, 14);
    const shown = house
      .gateway()
      .shown.filter(({ room }) => room === `run:${run.runId}`)
      .map(({ frame }) => frame);
    expect(shown).toMatchObject([
      { type: "output", offset: 0, endOffset: 10, text: "a\\u{1b}[31m\\u{0}<b>" },
      { type: "output", offset: 10, endOffset: 14, text: "\u20ac\\xff" },
    ]);
  });

  test("bytes that the host lost itself are counted, and what follows them is taken", async () => {
    const { host, taskId } = await house.withTask();
    const agent = await house.connect(host);
    agent.send(piece(taskId, 0, Buffer.from("before")));
    agent.send({ type: "outputLost", taskId, offset: 6, lengthBytes: 1000, because: "limit" });
    agent.send(piece(taskId, 1006, Buffer.from("after")));
    await acknowledgedUpTo(agent, 1011);
    const pieces = await readOutput(house.pool(), taskId, 0, 1e9);
    expect(pieces.map(({ offset, bytes }) => [offset, Buffer.from(bytes).toString()])).toEqual([
      [0, "before"],
      [1006, "after"],
    ]);
    agent.send({ type: "outputLost", taskId, offset: 1011, lengthBytes: Number.MAX_SAFE_INTEGER, because: "limit" });
    await agent.next("notUnderstood");
  });
});
