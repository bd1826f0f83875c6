import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { FactName } from "../../domain/fact/fact.ts";
import { StepId } from "../../domain/ids.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import { Instant } from "../../domain/time.ts";
import { awaitAnswer, writeOrder } from "../../server/db/inputs.ts";
import { carryOut } from "../support/drivenRun.ts";
import { makeRun } from "../support/runRows.ts";
import { SAMPLE } from "../support/sampleRun.ts";
import { useHouses } from "../support/useHouses.ts";

const all = useHouses();

describe("what goes wrong", () => {
  test("an input that can't be read is set aside, and what stands behind it is dealt with", async () => {
    await all.house();
    const { drive, runId } = await all.sampleOn();
    await all.database.db.pool.query(
      `insert into run_input (run_id, kind, payload) values ($1, 'report', '{"report":"newer"}')`,
      [runId],
    );
    expect(await drive.order({ order: "writeNote", text: "behind" })).toMatchObject({ accepted: true });
    const { rows } = await all.database.db.pool.query(
      "select answer from run_input where run_id = $1 order by id limit 1",
      [runId],
    );
    expect(rows[0].answer).toMatchObject({ accepted: false, because: "defect" });
  });

  test("a run whose log was changed, or whose runbook can't be read here, is not driven; the others are", async () => {
    const first = await all.house();
    const good = await all.sampleOn();
    const { pool } = all.database.db;
    const bad = await makeRun(pool, { runbookText: "not a runbook" });
    const actor = { userId: "olga", role: "operator", groups: [] };
    const inputId = await writeOrder(pool, { runId: bad.runId, order: { order: "writeNote", text: "x" }, actor });
    expect(await good.drive.order({ order: "writeNote", text: "fine" })).toMatchObject({ accepted: true });
    expect(await awaitAnswer(pool, inputId, 300)).toBeUndefined();
    expect(first.log.join("\n")).toContain(bad.runId);

    // Changed while no engine has read it: one that has goes on from what it read.
    await all.end(first);
    const changed = await all.sampleOn();
    const owner = new pg.Client({ connectionString: all.database.ownerUrl });
    await owner.connect();
    await owner.query("begin; alter table run_event disable trigger append_only");
    await owner.query("update run_event set at = at + 1 where run_id = $1", [changed.runId]);
    await owner.query("alter table run_event enable trigger append_only; commit");
    await owner.end();
    const { log } = await all.house();
    const other = await writeOrder(pool, { runId: changed.runId, order: { order: "writeNote", text: "x" }, actor });
    expect(await awaitAnswer(pool, other, 1_000)).toBeUndefined();
    await expect.poll(() => log.join("\n")).toContain(`the log of run ${changed.runId} is damaged at event 1: hash`);
  });

  test("notices that are lost cost time, not truth: inputs written behind the engine's back are found", async () => {
    await all.house();
    const { drive, runId } = await all.sampleOn();
    await drive.order({ order: "writeNote", text: "first" });
    await all.database.db.pool.query(
      `insert into run_input (run_id, kind, payload, actor) values ($1, 'order', '{"order":"writeNote","text":"silent"}',
       '{"userId":"olga","role":"operator","groups":[]}')`,
      [runId],
    );
    await drive.reaches((state) => state.notes.length === 2, 20_000);
  }, 30_000);

  test("a task that is cancelled is cancelled on its host, and a run that ends forgets its passphrases", async () => {
    const { agentUrl } = await all.house();
    const { host, drive, runId } = await all.sampleOn();
    const { pool } = all.database.db;
    const agent = await all.connect(agentUrl, host);
    await drive.approve(agent, all.anna());
    await pool.query(
      `insert into sealed_secret (run_id, name, host_id, recipient, ciphertext) values ($1, 'operational', $2, 'age1x', 'AAAA')`,
      [runId, host.hostId],
    );
    await drive.order({ order: "start" });
    const { order } = await agent.next("task");
    agent.send({ type: "taskAccepted", taskId: order.taskId });
    await drive.reaches((state) => state.tasks[order.taskId]?.stage === "accepted");
    await drive.order({ order: "cancelTask", stepId: StepId.parse("prepare"), reason: "Wrong host." });
    expect((await agent.next("cancel")).taskId).toBe(order.taskId);
    const now = Instant.parse(Date.now());
    const receipt = { ended: [], left: [] };
    const report: TaskReport = { outcome: "cancelled", startedAt: now, endedAt: now, outputBytes: 0, receipt };
    agent.send({ type: "taskEnded", taskId: order.taskId, report });
    await drive.reaches((state) => state.steps[StepId.parse("prepare")]?.stage === "cancelled");
    // Told to a host that made no key too: it takes the window for open until it hears of the end.
    await drive.order({ order: "abandon", reason: "Another night." });
    await drive.reaches((state) => state.stage === "ended");
    expect((await pool.query("select 1 from sealed_secret where run_id = $1", [runId])).rowCount).toBe(0);
    expect((await agent.next("endRun")).runId).toBe(runId);
  });

  test("a speed that is ordered is told to the host at once, and again to the connection after the next cut", async () => {
    const { agentUrl } = await all.house();
    const { host, drive } = await all.sampleOn();
    const agent = await all.connect(agentUrl, host);
    await drive.approve(agent, all.anna());
    await drive.order({ order: "start" });
    const { order } = await agent.next("task");
    agent.send({ type: "taskAccepted", taskId: order.taskId });
    await drive.reaches((state) => state.tasks[order.taskId]?.stage === "accepted");
    const setting = { mode: "limited", bytesPerSecond: 20_000_000, cpuWeight: 50, ioWeight: 100 } as const;
    await drive.order({ order: "throttleTask", stepId: StepId.parse("prepare"), setting, reason: "Too hot." });
    const frame = await agent.next("throttle");
    const { seq } = (await drive.state()).tasks[order.taskId]!.throttle!;
    expect(frame).toEqual({ type: "throttle", taskId: order.taskId, order: seq, setting });
    await agent.close();
    const again = await all.connect(agentUrl, host, {
      tasks: [{ taskId: order.taskId, outputBytes: 0, running: true }],
    });
    expect(await again.next("throttle")).toEqual(frame);
  });

  test("a probe that fails often enough fires its trigger; samples that say nothing new are not kept", async () => {
    const { agentUrl } = await all.house();
    const noFor = {
      ...SAMPLE,
      triggers: [{ ...SAMPLE.triggers[0], for: undefined, armed: { after: "prepare" }, action: "hold" }],
    };
    const { host, drive, runId } = await all.sampleOn(JSON.parse(JSON.stringify(noFor)));
    const agent = await all.connect(agentUrl, host);
    await drive.approve(agent, all.anna());
    await drive.order({ order: "start" });
    await carryOut(agent);
    await expect
      .poll(() => agent.heard.findLast((frame) => frame.type === "probes")?.probes.length, { timeout: 5_000 })
      .toBe(1);
    // A host may not tell a fact that the runbook has others measure: this one would make the GO criterion pass for ever.
    const forged = { kind: "probe", probeId: "app", hostId: host.hostId } as const;
    const before = (await drive.state()).facts["host.cores"];
    const sample = (ok: boolean) =>
      agent.send({
        type: "probeSampled",
        probeId: "app",
        runId,
        at: Instant.parse(Date.now()),
        ok,
        detail: "d",
        facts: [{ name: FactName.parse("host.cores"), value: 64, measuredAt: Instant.parse(4e12), source: forged }],
      });
    for (const ok of [true, true, true, false, false, true, false, false]) sample(ok);
    await sleep(300);
    expect((await drive.state()).stage).toBe("running");
    sample(false);
    const held = await drive.reaches((state) => state.stage === "held");
    expect(held.hold?.cause).toBe("trigger");
    expect(held.facts["host.cores"]).toEqual(before);
    const { rows } = await all.database.db.pool.query(
      `select count(*)::int as n from run_input where run_id = $1 and payload->>'report' = 'probeRead'`,
      [runId],
    );
    expect(rows[0].n).toBe(7);
  });
});
