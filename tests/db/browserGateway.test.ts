import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Socket } from "socket.io-client";
import { io } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { BrowserFrame } from "../../protocol/browser.ts";
import { BrowserFrame as BrowserFrameSchema } from "../../protocol/browser.ts";
import { useTestDatabase } from "../support/database.ts";
import type { TestGateway } from "../support/gateway.ts";
import { startGateway } from "../support/gateway.ts";
import { makeRun } from "../support/runRows.ts";

const database = useTestDatabase();
let gateway: TestGateway;
const sockets: Socket[] = [];

beforeAll(async () => {
  gateway = await startGateway(database.appUrl);
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});
afterAll(async () => {
  await gateway.close();
});

interface Browser {
  readonly heard: BrowserFrame[];
  readonly socket: Socket;
  listen(room: string): Promise<string>;
}

async function browser(person?: string, headers: Record<string, string> = {}): Promise<Browser> {
  const socket = io(gateway.url, {
    transports: ["websocket"],
    reconnection: false,
    extraHeaders: { ...headers, ...(person === undefined ? {} : { cookie: `person=${person}` }) },
  });
  sockets.push(socket);
  const heard: BrowserFrame[] = [];
  socket.on("frame", (frame: unknown) => heard.push(BrowserFrameSchema.parse(frame)));
  const connected = Promise.withResolvers<void>();
  socket.on("connect", () => connected.resolve());
  socket.on("connect_error", (error) => connected.reject(error));
  await connected.promise;
  return { heard, socket, listen: (room) => socket.timeout(2_000).emitWithAck("listen", { room }) };
}

const progress = (runId: string, done: number) =>
  ({
    type: "progress",
    runId,
    taskId: `${runId}.copy.1`,
    stepId: "copy",
    at: Date.now(),
    progress: { done, unit: "bytes", item: "x".repeat(200) },
  }) as BrowserFrame;

describe("who may hear what", () => {
  test("without a session only that the status page changed; with one, runs, hosts and windows", async () => {
    const { runId } = await makeRun(database.db.pool);
    const stranger = await browser();
    expect(await stranger.listen("status")).toBe("ok");
    for (const room of ["windows", `run:${runId}`]) expect(await stranger.listen(room)).toBe("signIn");
    expect(await stranger.listen("run:everything")).toBe("notUnderstood");
    expect(await stranger.listen("../../etc")).toBe("notUnderstood");
    const anna = await browser("anna");
    expect(await anna.listen(`run:${runId}`)).toBe("ok");
    gateway.notifier.tell({ about: "run", runId, seq: 5 });
    await expect.poll(() => anna.heard.find((frame) => frame.type === "runChanged")).toMatchObject({ runId, seq: 5 });
    await expect.poll(() => stranger.heard.map((frame) => frame.type)).toEqual(["windowsChanged"]);
  });

  test("a page of another site gets no socket, although the browser would send the cookie along", async () => {
    await expect(browser("anna", { origin: "https://evil.example" })).rejects.toThrow();
    const own = await browser("anna", { origin: gateway.url });
    expect(own.socket.connected).toBe(true);
  });

  test("nothing is written through the socket, and an unknown upgrade is cut", async () => {
    const anna = await browser("anna");
    anna.socket.emit("frame", { type: "windowsChanged" });
    anna.socket.emit("order", { order: "start" });
    await sleep(50);
    expect(anna.heard).toEqual([]);
    const other = new WebSocket(`${gateway.url.replace("http", "ws")}/unknown`);
    const ended = Promise.withResolvers<string>();
    other.on("error", () => ended.resolve("cut"));
    other.on("open", () => ended.resolve("open"));
    expect(await ended.promise).toBe("cut");
  });
});

describe("who watches", () => {
  test("everyone at a run sees who else is there, each person once, and when they leave", async () => {
    const { runId } = await makeRun(database.db.pool);
    const anna = await browser("anna");
    const annasPhone = await browser("anna");
    const ben = await browser("ben");
    for (const one of [anna, annasPhone, ben]) await one.listen(`run:${runId}`);
    const names = () => {
      const last = anna.heard.findLast((frame) => frame.type === "present");
      return last?.type === "present" ? last.people.map((person) => person.name).sort() : [];
    };
    await expect.poll(names).toEqual(["anna", "ben"]);
    ben.socket.disconnect();
    await expect.poll(names).toEqual(["anna"]);
    annasPhone.socket.disconnect();
    await sleep(400);
    expect(names()).toEqual(["anna"]);
  });
});

describe("speed", () => {
  test("a browser that asks for room after room is given a page's worth of them, runs that there never were included", async () => {
    const reader = await browser("vera");
    const answers = [];
    for (let count = 0; count < 60; count += 1) answers.push(await reader.listen(`run:${randomUUID()}`));
    expect(answers.slice(0, 40)).toEqual(Array(40).fill("ok"));
    expect(answers.at(-1)).toBe("notUnderstood");
  });

  test("two live values of one moment both arrive", async () => {
    const { runId } = await makeRun(database.db.pool);
    const anna = await browser("anna");
    await anna.listen(`run:${runId}`);
    for (let done = 0; done < 10; done += 1)
      gateway.hub.publish(`run:${runId}`, progress(runId, done), { volatile: true });
    await expect.poll(() => anna.heard.filter((frame) => frame.type === "progress").length).toBe(10);
  });

  test("a browser that does not read costs the others nothing, and gets no backlog of live values", async () => {
    const { runId } = await makeRun(database.db.pool);
    const stuck = await browser("ben");
    await stuck.listen(`run:${runId}`);
    const anna = await browser("anna");
    await anna.listen(`run:${runId}`);
    // The far end stops reading: its TCP window closes, and what is sent to it waits here.
    const raw = (stuck.socket.io.engine as unknown as { transport: { ws: { _socket: { pause(): void } } } }).transport
      .ws._socket;
    raw.pause();
    const rounds = 12_000; // 6 MB: more than the sockets' own buffers hold
    const before = process.memoryUsage().rss;
    for (let done = 0; done < rounds; done += 1) {
      gateway.hub.publish(`run:${runId}`, progress(runId, done), { volatile: true });
      if (done % 10 === 0) await sleep(0);
    }
    gateway.notifier.tell({ about: "run", runId, seq: 9 });
    await expect
      .poll(() => anna.heard.filter((frame) => frame.type === "progress").length, { timeout: 5_000 })
      .toBe(rounds);
    await expect.poll(() => anna.heard.at(-1)?.type).toBe("runChanged");
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
    expect(stuck.heard.length).toBeLessThan(rounds);
  }, 30_000);
});

test("after notices were missed every watcher is told where its run stands", async () => {
  const { pool } = database.db;
  const { runId } = await makeRun(pool);
  const anna = await browser("anna");
  await anna.listen(`run:${runId}`);
  await pool.query("update run set head_seq = 77 where id = $1", [runId]);
  await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'slackwater listener'`,
  );
  await expect
    .poll(() => anna.heard.find((frame) => frame.type === "runChanged"), { timeout: 5_000 })
    .toMatchObject({ runId, seq: 77 });
});
