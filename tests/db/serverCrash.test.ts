import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TaskId } from "../../domain/ids.ts";
import { StepId } from "../../domain/ids.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import { Instant } from "../../domain/time.ts";
import type { SoftwarePasskey } from "../../scripts/demo/softwarePasskey.ts";
import { openDatabase } from "../../server/db/client.ts";
import { startEmbeddedPostgres } from "../../server/db/embeddedPostgres.ts";
import { readOutput } from "../../server/db/outputPieces.ts";
import { useTestDatabase } from "../support/database.ts";
import { carryOut, driveRun } from "../support/drivenRun.ts";
import type { FakeAgent, FakeHost } from "../support/fakeAgent.ts";
import { connectAgent, enrolHost } from "../support/fakeAgent.ts";
import { addPerson, SITE } from "../support/house.ts";
import { makeSampleRun } from "../support/runRows.ts";
import { copied } from "../support/sampleRun.ts";
import type { ServerProcess } from "../support/serverProcess.ts";
import { freePort, startServerProcess } from "../support/serverProcess.ts";

const database = useTestDatabase(6);
const stateDirectory = mkdtempSync(join(tmpdir(), "slackwater-crash-"));
let anna: SoftwarePasskey;
let server: ServerProcess | undefined;
let environment: Record<string, string>;

beforeAll(async () => {
  environment = {
    PORT: String(await freePort()),
    APP_URL: SITE.origin,
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    STATE_DIRECTORY: stateDirectory,
    LEASE_MS: "800",
  };
  anna = await addPerson(database.db.pool, "anna", "approver");
});
afterAll(async () => {
  await server?.kill();
  rmSync(stateDirectory, { recursive: true, force: true });
});

const now = () => Instant.parse(Date.now());

/** An agent that knows what it has, and connects again until the server takes everything, as the real one does. */
async function deliver(host: FakeHost, url: string, taskId: TaskId, output: Buffer, report: TaskReport): Promise<void> {
  for (;;) {
    let agent: FakeAgent | undefined;
    try {
      agent = await connectAgent(url, host, { tasks: [{ taskId, outputBytes: output.length, running: false }] });
      const { acknowledged } = await agent.next("welcome");
      const have = acknowledged[0]?.outputBytes ?? 0;
      for (let offset = have; offset < output.length; offset += 40_000) {
        const bytes = output.subarray(offset, offset + 40_000).toString("base64");
        agent.send({ type: "output", taskId, offset, bytes, at: now() });
        await sleep(2);
      }
      agent.send({ type: "taskEnded", taskId, report });
      if (!acknowledged[0]?.reported) await agent.next("reportAcknowledged");
      const last = agent;
      await expect
        .poll(() => last.heard.findLast((frame) => frame.type === "outputAcknowledged")?.outputBytes ?? have, {
          timeout: 3_000,
        })
        .toBe(output.length);
      return;
    } catch {
      await sleep(50);
    } finally {
      agent?.cut();
    }
  }
}

test("a server that is killed again and again in the middle of a run loses nothing and does nothing twice", async () => {
  const { pool } = database.db;
  server = await startServerProcess(environment);
  const { agentUrl } = server;
  const host = await enrolHost(pool);
  const run = await makeSampleRun(pool, host);
  const drive = driveRun(pool, run.runId);
  const agent = await connectAgent(agentUrl, host);
  await drive.approve(agent, anna);
  expect(await drive.order({ order: "start" })).toMatchObject({ accepted: true });
  await carryOut(agent);
  const { order } = await agent.next("task");
  const copy = order.taskId;
  agent.send({ type: "taskAccepted", taskId: copy });
  await drive.reaches((state) => state.tasks[copy]?.stage === "accepted");

  // The copy writes 4 MB while the server is killed three times, at moments that differ.
  const output = Buffer.from(Array.from({ length: 4_000_000 }, (_, index) => (index * 31 + (index >> 9)) & 0xff));
  const outputBytes = output.length;
  const report: TaskReport = { outcome: "succeeded", startedAt: now(), endedAt: now(), outputBytes, result: copied() };
  agent.cut();
  const delivered = deliver(host, agentUrl, copy, output, report);
  for (const pauseMs of [60, 180, 300]) {
    await sleep(pauseMs);
    await server.kill();
    server = await startServerProcess(environment);
  }
  await delivered;
  await drive.reaches((state) => state.steps[StepId.parse("try-it")]?.stage === "waiting", 15_000);
  await drive.order({ order: "confirmManual", stepId: StepId.parse("try-it"), fields: { works: true } });

  const stored = await readOutput(pool, copy, 0, 1e9);
  expect(Buffer.concat(stored.map((piece) => Buffer.from(piece.bytes))).equals(output)).toBe(true);
  const events = await drive.log();
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  const count = (type: string, taskId: string) =>
    events.filter(({ event }) => event.type === type && "taskId" in event && event.taskId === taskId).length;
  for (const type of ["taskOrdered", "taskAccepted", "taskEnded"]) {
    expect([type, count(type, copy)]).toEqual([type, 1]);
    expect([type, count(type, `${run.runId}.prepare.1`)]).toEqual([type, 1]);
  }
  const began = events.flatMap(({ event }) => (event.type === "stepBegan" ? [event.stepId] : []));
  expect(new Set(began).size).toBe(began.length);
  const published = await pool.query("select seq from sent_announcement where run_id = $1", [run.runId]);
  const due = events.filter(({ event }) => event.type === "announcementDue").map((event) => event.seq);
  expect(published.rows.map((row) => row.seq).sort((a, b) => a - b)).toEqual(due);
  const open = await pool.query("select 1 from run_input where run_id = $1 and answered_at is null", [run.runId]);
  expect(open.rowCount).toBe(0);
  expect(await server.stop()).toBe(0);
  server = undefined;
}, 120_000);

test("an order that was written while no server was there is obeyed once when it is back", async () => {
  const { pool } = database.db;
  const run = await makeSampleRun(pool);
  const drive = driveRun(pool, run.runId);
  const answered = drive.order({ order: "writeNote", text: "while it was away" });
  await sleep(300);
  server = await startServerProcess(environment);
  expect(await answered).toMatchObject({ accepted: true });
  expect((await drive.types()).filter((type) => type === "noteWritten")).toHaveLength(1);
  expect(await server.stop()).toBe(0);
  server = undefined;
}, 30_000);

test("when one of two servers is killed the other goes on with its runs within twice the lease", async () => {
  const { pool } = database.db;
  const leaseMs = 2_000;
  const both = { ...environment, LEASE_MS: String(leaseMs) };
  const first = await startServerProcess({ ...both, PORT: "0" });
  const run = await makeSampleRun(pool);
  const drive = driveRun(pool, run.runId);
  await drive.order({ order: "writeNote", text: "by the first" });
  server = await startServerProcess({ ...both, PORT: "0", STATE_DIRECTORY: `${stateDirectory}-2` });
  await first.kill();
  const since = performance.now();
  await drive.order({ order: "writeNote", text: "by the second" });
  expect(performance.now() - since).toBeLessThan(2 * leaseMs);
  expect((await drive.types()).filter((type) => type === "noteWritten")).toHaveLength(2);
  expect(await server.stop()).toBe(0);
  server = undefined;
  rmSync(`${stateDirectory}-2`, { recursive: true, force: true });
}, 30_000);

test("when the database is killed under a running server, orders wait for it and none is lost", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slackwater-dbkill-"));
  chmodSync(folder, 0o755);
  const embedded = await startEmbeddedPostgres({ directory: join(folder, "postgres"), log: () => {} });
  const { appUrl, ownerUrl } = embedded;
  server = await startServerProcess({ ...environment, PORT: "0", DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl });
  const db = openDatabase(appUrl, { poolSize: 2 });
  const run = await makeSampleRun(db.pool);
  const drive = driveRun(db.pool, run.runId);
  await drive.order({ order: "writeNote", text: "before" });
  process.kill(embedded.pid, "SIGKILL");
  await expect
    .poll(() => drive.order({ order: "writeNote", text: "after" }).catch(() => undefined), { timeout: 20_000 })
    .toMatchObject({ accepted: true });
  const notes = (await drive.log()).flatMap(({ event }) => (event.type === "noteWritten" ? [event.text] : []));
  expect(notes[0]).toBe("before");
  expect(notes).toContain("after");
  await db.close();
  expect(await server.stop()).toBe(0);
  server = undefined;
  expect(await embedded.stop()).toBe("stopped");
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test("a port that is taken is said in words, with exit code 1 and nothing left running", async () => {
  const other = createServer();
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const failed = startServerProcess({ ...environment, PORT: port });
  await expect(failed).rejects.toThrow(`exit 1: Port ${port} on 127.0.0.1 is taken by another program.`);
  other.close();
});

test.runIf(process.getuid?.() === 0)(
  "a disk that is full is said in words with its folder, at the first file as in the middle of making the database",
  async () => {
    const room = mkdtempSync(join(tmpdir(), "slackwater-full-"));
    chmodSync(room, 0o711);
    for (const size of ["4k", "24m"]) {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=755`, "tmpfs", room]);
      try {
        const own = { PORT: "0", APP_URL: SITE.origin, STATE_DIRECTORY: join(room, "state") };
        const failed = startServerProcess(own);
        await expect(failed).rejects.toThrow(`The disk of ${join(room, "state")} is full. Make room there`);
      } finally {
        execFileSync("umount", [room]);
      }
    }
    rmSync(room, { recursive: true });
  },
);

test("wrong settings are said in words, all at once", async () => {
  const failed = startServerProcess({ ...environment, PORT: "http", LOG_FORMAT: "xml" });
  await expect(failed).rejects.toThrow(/exit 1: .*PORT=http: expected a port.*LOG_FORMAT=xml: expected plain or json/s);
});
