import { readdirSync, readFileSync, statSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { StepId } from "../../domain/ids.ts";
import { openDatabase } from "../../server/db/client.ts";
import { readEvents } from "../../server/db/eventLog.ts";
import { prepareJobs } from "../../server/engine/prepareJobs.ts";
import { openState } from "../../server/stateFiles.ts";
import { useBackups } from "../support/backups.ts";
import { carryOut, driveRun } from "../support/drivenRun.ts";
import { startHouse } from "../support/house.ts";
import { copied } from "../support/sampleRun.ts";
import { SHORT, useHouses } from "../support/useHouses.ts";

const all = useHouses();
const backups = useBackups();
const COPY = StepId.parse("copy");

beforeAll(() => void openState(backups.at("state")));

test("a backup that is taken while a run writes is of one moment, and where it is restored the run is held with what is known", async () => {
  const { database } = all;
  const house = await all.house();
  const { host, drive, runId } = await all.sampleOn(SHORT);
  const agent = await all.connect(house.agentUrl, host, { newest: 2 });
  agent.send({ type: "packsHeld", packs: [] });
  await drive.approve(agent, all.anna());
  await drive.order({ order: "start" });
  await carryOut(agent);
  const { order } = await agent.next("task");
  agent.send({ type: "taskAccepted", taskId: order.taskId });
  await drive.reaches((state) => state.tasks[order.taskId]?.stage === "accepted");

  let written = 0;
  let isTaken = false;
  const writing = (async () => {
    for (; !isTaken || written < 5; written += 1) {
      await drive.order({ order: "writeNote", text: `Still copying, ${written}.` });
    }
  })();
  const report = await backups.backup("live.age", database);
  isTaken = true;
  await writing;
  expect(report.lines.join("\n")).toContain("read again whole, and every sum fits");
  expect(statSync(backups.at("live.age")).mode & 0o777).toBe(0o600);
  expect(readdirSync(backups.folder).filter((name) => name.includes("unfinished"))).toEqual([]);

  // After the backup the copy ends, and the run goes on: the hosts know of it, the backup does not.
  const now = Date.now() as never;
  const ended = { outcome: "succeeded", startedAt: now, endedAt: now, outputBytes: 0, result: copied() } as const;
  agent.send({ type: "taskEnded", taskId: order.taskId, report: ended });
  await drive.reaches((state) => state.steps[COPY]?.stage === "done");
  await expect
    .poll(() => agent.heard.findLast((frame) => frame.type === "packEvents")?.events.at(-1)?.seq)
    .toBe((await drive.read()).head.seq);
  agent.cut();
  await all.end(house);
  const lost = await drive.log();

  const target = await backups.target();
  const restored = await backups.restore("live.age", target);
  expect(restored.lines.join("\n")).toMatch(/every chain verifies[\s\S]*is HELD until somebody has looked/);
  expect(readFileSync(backups.at("restored/server-key.pem"))).toEqual(readFileSync(backups.at("state/server-key.pem")));
  expect(statSync(backups.at("restored/server-key.pem")).mode & 0o777).toBe(0o600);

  await prepareJobs(target.ownerUrl, "slackwater_app");
  const db = openDatabase(target.appUrl, { poolSize: 4, applicationName: "test" });
  const again = await startHouse(target.appUrl);
  try {
    const after = driveRun(db.pool, runId);
    const log = await readEvents(db.pool, runId);
    const own = log.findIndex(({ event }) => event.type === "runRestored");
    expect(log.slice(0, own)).toEqual(lost.slice(0, own));
    expect((await after.state()).hold).toMatchObject({ cause: "restored" });

    // The host comes back. Of the copy it has nothing more to say, and its pack goes further than this record.
    const back = await all.connect(again.agentUrl, host, { newest: 2 });
    const head = { seq: lost.at(-1)!.seq, hash: lost.at(-1)!.hash };
    back.send({ type: "packsHeld", packs: [{ runId, about: "a".repeat(64) as never, head }] });
    const held = await after.reaches((state) => state.hold?.detail.includes(`event ${head.seq}`) === true);
    expect(held.stage).toBe("held");
    await after.reaches((state) => state.steps[COPY]?.stage === "unknown");
    expect(back.heard.filter((frame) => frame.type === "task")).toEqual([]);

    // Whoever looked has it inspected, and then it goes on.
    expect(await after.order({ order: "inspectAgain", stepId: COPY })).toMatchObject({ accepted: true });
    const second = await back.next("task");
    expect(second.order).toMatchObject({ inspectFirst: true });
    back.send({ type: "taskAccepted", taskId: second.order.taskId });
    back.send({ type: "taskEnded", taskId: second.order.taskId, report: ended });
    await after.reaches((state) => state.steps[COPY]?.stage === "done");
    back.cut();
  } finally {
    await again.close();
    await db.close();
  }
}, 60_000);

test("an order that no host had accepted is not sent from a backup, and orders that people gave then are refused", async () => {
  const { database } = all;
  const { pool } = database.db;
  const house = await all.house();
  const { host, drive, runId } = await all.sampleOn(SHORT);
  const agent = await all.connect(house.agentUrl, host);
  await drive.approve(agent, all.anna());
  agent.cut();
  await expect
    .poll(
      async () => (await pool.query("select 1 from host where id = $1 and link_owner is null", [host.hostId])).rowCount,
    )
    .toBe(1);
  await drive.order({ order: "start" });
  await all.end(house);
  await pool.query(
    `insert into run_input (run_id, kind, payload, actor) values ($1, 'order', '{"order":"resume"}', '{"userId":"olga","role":"operator","groups":[]}')`,
    [runId],
  );
  await backups.backup("unsent.age", database);
  const target = await backups.target();
  await backups.restore("unsent.age", target);
  await prepareJobs(target.ownerUrl, "slackwater_app");
  const db = openDatabase(target.appUrl, { poolSize: 4, applicationName: "test" });
  const again = await startHouse(target.appUrl);
  try {
    const { rows } = await db.pool.query(
      "select answer from run_input where run_id = $1 and kind = 'order' order by id desc limit 1",
      [runId],
    );
    expect(rows[0].answer).toMatchObject({ accepted: false, because: "restored" });
    const back = await all.connect(again.agentUrl, host);
    const { taskId } = await back.next("cancel");
    expect(taskId).toBe(`${runId}.prepare.1`);
    expect(back.heard.filter((frame) => frame.type === "task")).toEqual([]);
    expect((await driveRun(db.pool, runId).state()).stage).toBe("held");
    back.cut();
  } finally {
    await again.close();
    await db.close();
  }
}, 60_000);
