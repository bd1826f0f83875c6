import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { StepId } from "../../domain/ids.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import { Instant } from "../../domain/time.ts";
import type { SoftwarePasskey } from "../../scripts/demo/softwarePasskey.ts";
import { awaitAnswer, writeOrder } from "../../server/db/inputs.ts";
import { prepareJobs } from "../../server/engine/prepareJobs.ts";
import { useTestDatabase } from "../support/database.ts";
import { carryOut, driveRun } from "../support/drivenRun.ts";
import type { FakeAgent } from "../support/fakeAgent.ts";
import { connectAgent, enrolHost } from "../support/fakeAgent.ts";
import type { TestHouse } from "../support/house.ts";
import { addPerson, startHouse } from "../support/house.ts";
import { makeRun } from "../support/runRows.ts";
import { compileSample, SAMPLE } from "../support/sampleRun.ts";

const database = useTestDatabase(8);
const houses: TestHouse[] = [];
const agents: FakeAgent[] = [];
let anna: SoftwarePasskey;

beforeAll(async () => {
  await prepareJobs(database.ownerUrl, "slackwater_app");
  anna = await addPerson(database.db.pool, "anna", "approver");
});
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.cut();
  for (const house of houses.splice(0)) await house.close();
  await database.db.pool.query("update run set stage = 'ended', leased_until = null");
});
afterAll(() => {
  expect(houses).toEqual([]);
});

async function house(options: Parameters<typeof startHouse>[1] = {}): Promise<TestHouse> {
  const started = await startHouse(database.appUrl, options);
  houses.push(started);
  return started;
}
async function connect(url: string, host: Awaited<ReturnType<typeof enrolHost>>, hello = {}): Promise<FakeAgent> {
  const agent = await connectAgent(url, host, hello);
  agents.push(agent);
  return agent;
}

/** A run of a runbook (the sample unless another is given) on a host that is enrolled. */
async function sampleOn(runbook: object = SAMPLE) {
  const { pool } = database.db;
  const host = await enrolHost(pool, `host-${Math.random().toString(36).slice(2, 8)}`);
  const plan = compileSample(runbook);
  const run = await makeRun(pool, {
    hostId: host.hostId,
    fingerprint: host.fingerprint,
    runbookText: plan.text,
    executableDigest: plan.digests.executable,
    parameters: { from: "/srv/old", to: "/srv/new/data" },
    requestedBy: ["owner"],
  });
  return { ...run, host, drive: driveRun(pool, run.runId) };
}

/** The sample without its ten minutes of watching at the end. */
const SHORT = {
  ...SAMPLE,
  phases: SAMPLE.phases.map((phase) => ({
    ...phase,
    steps: phase.steps.map((step) => ("wait" in step ? { ...step, wait: { for: "1s" } } : step)),
  })),
};

describe("a whole run", () => {
  test("goes from preparation to its end by orders, decisions and reports alone, and its log is whole", async () => {
    const { agentUrl, log } = await house();
    const { host, drive, runId } = await sampleOn(SHORT);
    const agent = await connect(agentUrl, host);
    await drive.approve(agent, anna);
    expect(await drive.order({ order: "start" })).toMatchObject({ accepted: true });
    expect((await carryOut(agent)).taskId).toBe(`${runId}.prepare.1`);
    expect((await carryOut(agent)).taskId).toBe(`${runId}.copy.1`);
    await drive.reaches((state) => state.steps[StepId.parse("try-it")]?.stage === "waiting");
    await drive.order({ order: "confirmManual", stepId: StepId.parse("try-it"), fields: { works: true } });
    const go = await drive.statementSignedBy(anna, "anna", "GO", "keep");
    expect(await drive.order(go, { userId: "anna", role: "approver", groups: ["approvers"] })).toMatchObject({
      accepted: true,
    });
    // The soak of one second is a durable timer.
    expect((await carryOut(agent, { files_count: 10 })).taskId).toBe(`${runId}.look.1`);
    const ended = await drive.reaches((state) => state.stage === "ended");
    expect(ended.outcome).toBe("completed");
    // Time that passes ends the wait too, whichever is first; the timer is told all the same, and once.
    await expect
      .poll(
        async () => {
          const told = await database.db.pool.query(
            `select answered_at is not null as answered from run_input where run_id = $1 and payload->>'report' = 'timerFired'`,
            [runId],
          );
          return told.rows;
        },
        { timeout: 5_000 },
      )
      .toEqual([{ answered: true }]);
    const { rows } = await database.db.pool.query(
      "select announcement_id, text from sent_announcement where run_id = $1 order by seq",
      [runId],
    );
    expect(log.filter((line) => line.includes("announcement"))).toEqual([]);
    expect(rows.map((row) => row.announcement_id)).toEqual(["notice", "begun", "finished"]);
    expect(rows[1].text).toBe("It moves now.");
    const open = await database.db.pool.query("select 1 from run_input where run_id = $1 and answered_at is null", [
      runId,
    ]);
    expect(open.rowCount).toBe(0);
  });

  test("an order is refused with its reason, and the refusal is on record", async () => {
    await house();
    const { drive } = await sampleOn();
    expect(await drive.order({ order: "start" })).toMatchObject({ accepted: false, because: "wrongStage" });
    expect(await drive.order({ order: "start" }, { userId: "vera", role: "viewer" })).toMatchObject({
      because: "notAllowed",
    });
    expect((await drive.types()).filter((type) => type === "orderRefused")).toHaveLength(2);
  });

  test("a decision whose signature is another's, or of another statement, counts for nothing", async () => {
    const { agentUrl } = await house();
    const { host, drive } = await sampleOn();
    const agent = await connect(agentUrl, host);
    await addPerson(database.db.pool, "mallory", "approver").catch(() => {});
    await drive.approve(agent, anna).catch(() => {});
    const { drive: second, host: secondHost } = await sampleOn();
    const secondAgent = await connect(agentUrl, secondHost);
    await second.order({ order: "measure", itemIds: ["measure-host", "measure-size"].map((id) => StepId.parse(id)) });
    await carryOut(secondAgent, { cores: 4, aes: true });
    await carryOut(secondAgent, { size_bytes: 5 });
    await second.order({ order: "confirmItem", itemId: StepId.parse("team-ready"), value: true, reason: "x" });
    await second.order({ order: "confirmItem", itemId: StepId.parse("tell-users"), value: true, reason: "" });
    await second.order({ order: "askApproval" });
    const approver = { userId: "anna", role: "approver", groups: ["approvers"] };
    const signed = await second.statementSignedBy(anna, "anna");
    const changed = {
      ...signed,
      decision: {
        ...signed.decision,
        statement: { ...signed.decision.statement, parameters: { from: "/", to: "/etc/data" } },
      },
    };
    expect(await second.order(changed, approver)).toMatchObject({
      accepted: false,
      because: expect.stringMatching(/badSignature|staleStatement/),
    });
    const stolen = {
      ...signed.decision.signature,
      publicKey: (await addPerson(database.db.pool, "eve", "approver")).publicKey,
    };
    expect(
      await second.order({ ...signed, decision: { ...signed.decision, signature: stolen } }, approver),
    ).toMatchObject({
      accepted: false,
      because: "badSignature",
    });
    expect(await second.order(signed, { ...approver, userId: "mallory" })).toMatchObject({ accepted: false });
    expect(await second.order(signed, approver)).toMatchObject({ accepted: true });
  });
});

describe("more than one engine", () => {
  test("two engines on one database: each run has one owner, and every order one answer", async () => {
    await house();
    await house();
    const runs = await Promise.all(Array.from({ length: 6 }, () => sampleOn()));
    await Promise.all(
      runs.flatMap(({ drive }) =>
        Array.from({ length: 5 }, (_, index) => drive.order({ order: "writeNote", text: `note ${index}` })),
      ),
    );
    for (const { drive } of runs) {
      const notes = (await drive.types()).filter((type) => type === "noteWritten");
      expect(notes).toHaveLength(5);
    }
  });

  test("when the owner falls silent another engine goes on within twice the lease, and the old one can't write any more", async () => {
    const leaseMs = 900;
    await house({ leaseMs });
    const { drive, runId } = await sampleOn();
    await drive.order({ order: "writeNote", text: "first" });
    const { pool } = database.db;
    // The owner is made deaf: the lease is somebody's who never renews it, as after a kill.
    await pool.query(
      `update run set lease_owner = 'dead', lease_fence = lease_fence + 1,
       leased_until = clock_timestamp() + interval '900 milliseconds' where id = $1`,
      [runId],
    );
    const since = performance.now();
    const actor = { userId: "olga", role: "operator", groups: [] };
    const inputId = await writeOrder(pool, { runId, order: { order: "writeNote", text: "second" }, actor });
    expect(await awaitAnswer(pool, inputId, 5_000)).toMatchObject({ accepted: true });
    expect(performance.now() - since).toBeLessThan(2 * leaseMs);
    expect((await drive.types()).filter((type) => type === "noteWritten")).toHaveLength(2);
  });

  test("a timer that is set by one process is fired by another, after all of them were down", async () => {
    const first = await house();
    const { host, drive } = await sampleOn({
      ...SHORT,
      phases: [
        { id: "only", title: "Only", steps: [{ id: "soak", title: "Watch it", lasts: "1s", wait: { for: "1s" } }] },
      ],
      triggers: [],
      probes: {},
      rollback: { steps: [] },
      announcements: SAMPLE.announcements.slice(0, 1),
      secrets: {},
    });
    await drive.approve(await connect(first.agentUrl, host), anna);
    await drive.order({ order: "start" });
    expect((await drive.state()).steps[StepId.parse("soak")]?.stage).toBe("waiting");
    houses.splice(houses.indexOf(first), 1);
    await first.close();
    await sleep(1_200);
    expect((await drive.state()).stage).toBe("running");
    await house();
    expect((await drive.reaches((state) => state.stage === "ended")).outcome).toBe("completed");
  });

  test("an ended run is held by nobody, and is taken again when somebody signs it off", async () => {
    await house();
    const { drive, runId } = await sampleOn();
    await drive.order({ order: "abandon", reason: "Another night." });
    const { pool } = database.db;
    const isHeld = async () =>
      (await pool.query("select leased_until from run where id = $1", [runId])).rows[0].leased_until !== null;
    await expect.poll(isHeld, { timeout: 5_000 }).toBe(false);
    expect(await drive.order({ order: "writeNote", text: "for the record" })).toMatchObject({ accepted: true });
    await expect.poll(isHeld, { timeout: 5_000 }).toBe(false);
  });

  test("an engine that ends gives its runs back at once", async () => {
    const first = await house({ leaseMs: 60_000 });
    const { drive } = await sampleOn();
    await drive.order({ order: "writeNote", text: "first" });
    await house({ leaseMs: 1_500 });
    houses.splice(houses.indexOf(first), 1);
    await first.close();
    const since = performance.now();
    await drive.order({ order: "writeNote", text: "second" });
    expect(performance.now() - since).toBeLessThan(2_000);
  });
});

describe("what goes wrong", () => {
  test("an input that can't be read is set aside, and what stands behind it is dealt with", async () => {
    await house();
    const { drive, runId } = await sampleOn();
    await database.db.pool.query(
      `insert into run_input (run_id, kind, payload) values ($1, 'report', '{"report":"newer"}')`,
      [runId],
    );
    expect(await drive.order({ order: "writeNote", text: "behind" })).toMatchObject({ accepted: true });
    const { rows } = await database.db.pool.query(
      "select answer from run_input where run_id = $1 order by id limit 1",
      [runId],
    );
    expect(rows[0].answer).toMatchObject({ accepted: false, because: "defect" });
  });

  test("a run whose log was changed is not driven, and the others are", async () => {
    const { log } = await house();
    const good = await sampleOn();
    const { pool } = database.db;
    const bad = await makeRun(pool, { runbookText: "not a runbook" });
    const actor = { userId: "olga", role: "operator", groups: [] };
    const inputId = await writeOrder(pool, { runId: bad.runId, order: { order: "writeNote", text: "x" }, actor });
    expect(await good.drive.order({ order: "writeNote", text: "fine" })).toMatchObject({ accepted: true });
    expect(await awaitAnswer(pool, inputId, 300)).toBeUndefined();
    expect(log.join("\n")).toContain(bad.runId);
  });

  test("notices that are lost cost time, not truth: inputs written behind the engine's back are found", async () => {
    await house();
    const { drive, runId } = await sampleOn();
    await drive.order({ order: "writeNote", text: "first" });
    await database.db.pool.query(
      `insert into run_input (run_id, kind, payload, actor) values ($1, 'order', '{"order":"writeNote","text":"silent"}',
       '{"userId":"olga","role":"operator","groups":[]}')`,
      [runId],
    );
    await drive.reaches((state) => state.notes.length === 2, 20_000);
  }, 30_000);

  test("a task that is cancelled is cancelled on its host, and a run that ends forgets its passphrases", async () => {
    const { agentUrl } = await house();
    const { host, drive, runId } = await sampleOn();
    const { pool } = database.db;
    const agent = await connect(agentUrl, host);
    await drive.approve(agent, anna);
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
    await pool.query(`insert into run_key (run_id, host_id, recipient, signature) values ($1, $2, 'age1x', 'AAAA')`, [
      runId,
      host.hostId,
    ]);
    await drive.order({ order: "abandon", reason: "Another night." });
    await drive.reaches((state) => state.stage === "ended");
    expect((await pool.query("select 1 from sealed_secret where run_id = $1", [runId])).rowCount).toBe(0);
    expect((await agent.next("endRun")).runId).toBe(runId);
  });

  test("a probe that fails often enough fires its trigger; samples that say nothing new are not kept", async () => {
    const { agentUrl } = await house();
    const noFor = {
      ...SAMPLE,
      triggers: [{ ...SAMPLE.triggers[0], for: undefined, armed: { after: "prepare" }, action: "hold" }],
    };
    const { host, drive, runId } = await sampleOn(JSON.parse(JSON.stringify(noFor)));
    const agent = await connect(agentUrl, host);
    await drive.approve(agent, anna);
    await drive.order({ order: "start" });
    await carryOut(agent);
    await expect
      .poll(() => agent.heard.findLast((frame) => frame.type === "probes")?.probes.length, { timeout: 5_000 })
      .toBe(1);
    const sample = (ok: boolean) =>
      agent.send({
        type: "probeSampled",
        probeId: "app",
        runId,
        at: Instant.parse(Date.now()),
        ok,
        detail: "d",
        facts: [],
      });
    for (const ok of [true, true, true, false, false, true, false, false]) sample(ok);
    await sleep(300);
    expect((await drive.state()).stage).toBe("running");
    sample(false);
    const held = await drive.reaches((state) => state.stage === "held");
    expect(held.hold?.cause).toBe("trigger");
    const { rows } = await database.db.pool.query(
      `select count(*)::int as n from run_input where run_id = $1 and payload->>'report' = 'probeSampled'`,
      [runId],
    );
    expect(rows[0].n).toBe(7);
  });
});
