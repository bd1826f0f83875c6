import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readExport } from "../../domain/chain/exportFile.ts";
import { Instant } from "../../domain/time.ts";
import { verifyFile } from "../../server/cli/verify.ts";
import { compileStored } from "../../server/db/compileText.ts";
import { checkLogs } from "../../server/db/copy/checkLogs.ts";
import { readEvents } from "../../server/db/eventLog.ts";
import { createLogReader } from "../../server/db/logReader.ts";
import type { Kept } from "../../server/db/retention/sweep.ts";
import { sweep } from "../../server/db/retention/sweep.ts";
import { exportRun } from "../../server/db/runExport.ts";
import { createRunReader } from "../../server/db/runReader.ts";
import { sha256 } from "../../server/db/sha256.ts";
import { startJobs } from "../../server/engine/jobs.ts";
import { prepareJobs } from "../../server/engine/prepareJobs.ts";
import { readOutput } from "../../server/runs/output.ts";
import { carryOut } from "../support/drivenRun.ts";
import { enrolHost } from "../support/fakeAgent.ts";
import { SITE } from "../support/house.ts";
import { makeSampleRun } from "../support/runRows.ts";
import { SHORT, useHouses } from "../support/useHouses.ts";

const all = useHouses();
const DAY_MS = 86_400_000;
const KEPT: Kept = { readingsMs: 30 * DAY_MS, outputMs: 90 * DAY_MS, signInsMs: 30 * DAY_MS, incidentsMs: 90 * DAY_MS };
/** Of each run: as if a probe had been read every half minute for a day. */
const READINGS = 2_900;

const count = async (text: string, values: unknown[] = []): Promise<number> =>
  Number((await all.database.db.pool.query(`select count(*) from ${text}`, values)).rows[0].count);

/** A run that ended so many days ago (undefined: it goes on), with all that gathers about one. */
async function runOf(daysAgo: number | undefined): Promise<string> {
  const { pool } = all.database.db;
  const host = await enrolHost(pool, `old-${daysAgo ?? "live"}`);
  const { runId } = await makeSampleRun(pool, host);
  const at = new Date(Date.now() - (daysAgo ?? 365) * DAY_MS);
  await pool.query(`update run set created_at = $2, stage = $3, ended_at = $4 where id = $1`, [
    runId,
    at,
    daysAgo === undefined ? "running" : "ended",
    daysAgo === undefined ? null : at,
  ]);
  await pool.query(
    `insert into run_input (run_id, kind, payload, created_at, answered_at, answer)
     select $1, 'report', '{"report":"probeRead"}', $2, $2, '{"accepted":true,"seq":1}' from generate_series(1, $3)`,
    [runId, at, READINGS],
  );
  await pool.query(
    `insert into run_input (run_id, kind, payload, dedupe_key, answered_at, answer) values
       ($1::uuid, 'report', '{"report":"taskEnded"}', $1::text || ' ended', now(), '{"accepted":true,"seq":1}'),
       ($1::uuid, 'order', '{"order":"hold"}', null, now(), '{"accepted":true,"seq":1}')`,
    [runId],
  );
  await pool.query(
    `insert into task (task_id, run_id, step_id, host_id, "order", output_bytes) values ($1::text || '.copy.1', $1::uuid, 'copy', $2, '{}', 3000000)`,
    [runId, host.hostId],
  );
  await pool.query(
    `insert into output_piece (task_id, "offset", bytes, at) select $1 || '.copy.1', n * 1000, decode(repeat('61', 1000), 'hex'), 0 from generate_series(0, 2999) n`,
    [runId],
  );
  return runId;
}

test("after a year the right rows are left: nothing of a run that goes on, and of none its events, orders or answers", async () => {
  const { pool } = all.database.db;
  const months = await Promise.all(Array.from({ length: 12 }, (_, month) => runOf(month * 31 + 3)));
  const live = await runOf(undefined);
  await pool.query(
    `insert into session (id, token, user_id, expires_at, updated_at)
     select 's' || n, 't' || n, 'anna', now() - (n + 0.5) * interval '1 day', now() from generate_series(-5, 365) n`,
  );
  await pool.query(
    `insert into challenge (id, purpose, value, expires_at) select 'c' || n, 'logIn', 'v', now() - (n + 0.5) * interval '1 day' from generate_series(0, 365) n`,
  );
  await pool.query(
    `insert into host_incident (id, host_id, at, kind, detail)
     select gen_random_uuid(), (select id from host limit 1), now() - (n + 0.5) * interval '1 day', 'badSignature', '' from generate_series(0, 364) n`,
  );
  const events = await count("run_event");

  const swept = await sweep(pool, KEPT, Instant.parse(Date.now()), 0);
  // One of the twelve ended within 30 days, three within 90.
  expect(swept).toMatchObject({ readings: 11 * READINGS, output: 9 * 3_000, isWhole: true });
  for (const [month, runId] of months.entries()) {
    const readings = await count("run_input where run_id = $1 and payload->>'report' = 'probeRead'", [runId]);
    const output = await count(`output_piece where task_id = $1 || '.copy.1'`, [runId]);
    expect([month, readings, output]).toEqual([month, month < 1 ? READINGS : 0, month < 3 ? 3_000 : 0]);
    expect(await count("run_input where run_id = $1 and (kind = 'order' or dedupe_key is not null)", [runId])).toBe(2);
  }
  expect(await count("run_input where run_id = $1", [live])).toBe(READINGS + 2);
  expect(await count(`output_piece where task_id = $1 || '.copy.1'`, [live])).toBe(3_000);
  expect(await count("run_event")).toBe(events);
  expect(await checkLogs(pool)).toMatchObject({ runs: 13, damaged: [] });
  expect(await count("session")).toBe(5 + 30);
  expect(await count("challenge")).toBe(30);
  expect(await count("host_incident")).toBe(90);

  // Whoever opens an old output is told, once, and not that the host had lost it.
  const house = { prisma: all.database.db.prisma, pool };
  const old = await readOutput(house, months[11] as never, `${months[11]}.copy.1` as never, -65_536, 65_536);
  expect(old.bytes.toString()).toMatch(/the 3000000 bytes of this output are no longer kept\. The run ended on \d{4}-/);
  expect(old).toMatchObject({ totalBytes: 3_000_000, endOffset: 3_000_000 });
  const kept = await readOutput(house, months[0] as never, `${months[0]}.copy.1` as never, 0, 1_000);
  expect(kept.bytes.toString()).toBe("a".repeat(1_000));
  // A second time there is nothing to do, and for ever is for ever.
  expect(await sweep(pool, KEPT, Instant.parse(Date.now()), 0)).toMatchObject({ readings: 0, output: 0, signIns: 0 });
  const forever = Number.POSITIVE_INFINITY;
  const nothing = { readingsMs: forever, outputMs: forever, signInsMs: forever, incidentsMs: forever };
  expect(await sweep(pool, nothing, Instant.parse(Date.now() + 9e10), 0)).toMatchObject({ readings: 0, incidents: 0 });
}, 60_000);

test("a run that really ran is read, exported and verified as before when all that may go is gone, and a late repeat changes nothing", async () => {
  const { pool, prisma } = all.database.db;
  const house = await all.house();
  const { host, drive, runId } = await all.sampleOn(SHORT);
  const agent = await all.connect(house.agentUrl, host);
  await drive.approve(agent, all.anna());
  await drive.order({ order: "start" });
  const { taskId } = await carryOut(agent);
  await drive.order({ order: "hold", reason: "Enough." });
  const { order } = await agent.next("task");
  const now = Instant.parse(Date.now());
  agent.send({ type: "taskAccepted", taskId: order.taskId });
  const report = { outcome: "succeeded", startedAt: now, endedAt: now, outputBytes: 0, result: {} } as const;
  agent.send({ type: "taskEnded", taskId: order.taskId, report });
  await drive.reaches((state) => state.tasks[order.taskId]?.stage === "ended");
  expect(await drive.order({ order: "abandon", reason: "Enough." })).toMatchObject({ accepted: true });
  const before = await drive.log();

  await sweep(pool, KEPT, Instant.parse(Date.now() + 500 * DAY_MS), 0);
  expect(await readEvents(pool, runId)).toEqual(before);
  agent.send({ type: "taskEnded", taskId, report });
  await agent.next("reportAcknowledged");
  await all.end(house);
  expect(await drive.log()).toEqual(before);

  const site = { rpId: SITE.rpId, origins: [SITE.origin] };
  const text = (await exportRun(pool, runId, site, Instant.parse(Date.now()))) ?? "";
  expect(readExport(Buffer.from(text), sha256)).toMatchObject({ ok: true });
  const folder = mkdtempSync(join(tmpdir(), "slackwater-kept-"));
  try {
    writeFileSync(join(folder, "old.run"), text);
    expect(await verifyFile(join(folder, "old.run"), { anchors: [], approvers: [] })).toMatchObject({ exitCode: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
  const { viewRun } = await import("../../server/runs/queries.ts");
  const runs = createRunReader(pool, compileStored);
  const view = await viewRun({ prisma, pool, runs, logs: createLogReader(pool) } as never, runId);
  expect(view).toMatchObject({ stage: "ended", outcome: "abandoned" });
}, 60_000);

test("it is done by a durable job: one at a time, whatever the number of processes, and the next one waits in the database", async () => {
  const { database } = all;
  await prepareJobs(database.ownerUrl, "slackwater_app");
  let sweeps = 0;
  let underWay = 0;
  let most = 0;
  const sweeping = {
    firstMs: 0,
    pollS: 0.5,
    async sweep() {
      sweeps += 1;
      underWay += 1;
      most = Math.max(most, underWay);
      await count("run_event");
      underWay -= 1;
    },
  };
  const begin = () => startJobs(database.appUrl, { onTimer: async () => {}, sweeping }, () => {});
  const both = await Promise.all([begin(), begin()]);
  const waiting = () =>
    count("pgboss.job where name = 'retention' and state = 'created' and start_after > now() + interval '23 hours'");
  await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
  for (const jobs of both) await jobs.stop();
  expect(sweeps).toBeGreaterThan(0);
  expect(most).toBe(1);
  // A process that starts later finds it, and does not begin anew.
  const before = sweeps;
  const again = await begin();
  await again.stop();
  expect([await waiting(), sweeps]).toEqual([1, before]);
}, 30_000);
