import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { releaseLeases, renewLeases, takeLeases } from "../../server/db/lease.ts";
import { useTestDatabase } from "../support/database.ts";
import { makeRun } from "../support/runRows.ts";

const database = useTestDatabase();

beforeEach(async () => {
  await database.db.pool.query("update run set stage = 'ended'");
});

test("two engines that start together share the runs: each has one owner", async () => {
  const { pool } = database.db;
  const runs = await Promise.all(Array.from({ length: 12 }, () => makeRun(pool)));
  const taken = await Promise.all(["a", "b", "c"].map((owner) => takeLeases(pool, owner, 60_000)));
  const ids = taken.flat().map((lease) => lease.runId);
  expect(new Set(ids).size).toBe(ids.length);
  // One that another engine was just locking is passed over; it is taken at the next look.
  const rest = await takeLeases(pool, "a", 60_000);
  expect([...ids, ...rest.map((lease) => lease.runId)].sort()).toEqual(runs.map((run) => run.runId).sort());
});

test("a lease is kept by renewing it and taken from whoever stops", async () => {
  const { pool } = database.db;
  const { runId } = await makeRun(pool);
  const [lease] = await takeLeases(pool, "a", 300);
  expect(await renewLeases(pool, "a", 300, [lease!])).toEqual(new Set([runId]));
  expect(await takeLeases(pool, "b", 300)).toEqual([]);
  await sleep(350);
  const [taken] = await takeLeases(pool, "b", 60_000);
  expect(taken).toMatchObject({ runId, fence: lease!.fence + 1n });
  expect(await renewLeases(pool, "a", 300, [lease!])).toEqual(new Set());
});

test("a lease that is given back is free at once; an ended run is taken only while something is unanswered", async () => {
  const { pool } = database.db;
  const { runId } = await makeRun(pool);
  await takeLeases(pool, "a", 60_000);
  await releaseLeases(pool, "a", [runId]);
  expect(await takeLeases(pool, "b", 60_000)).toHaveLength(1);
  await releaseLeases(pool, "b", [runId]);
  await pool.query("update run set stage = 'ended' where id = $1", [runId]);
  expect(await takeLeases(pool, "a", 60_000)).toEqual([]);
  await pool.query(`insert into run_input (run_id, kind, payload) values ($1, 'report', '{"report":"wake"}')`, [runId]);
  expect(await takeLeases(pool, "a", 60_000)).toHaveLength(1);
});
