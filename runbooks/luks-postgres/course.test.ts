import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { renderAnnouncement } from "../../domain/announcement/render.ts";
import { announcementValues } from "../../domain/announcement/values.ts";
import { GateId, StepId } from "../../domain/ids.ts";
import type { Order } from "../../domain/run/intents.ts";
import { compileRunbook } from "../../domain/runbook/compile.ts";
import { readParameters } from "../../domain/runbook/readParameters.ts";
import { Instant } from "../../domain/time.ts";
import {
  ANNA,
  HOST,
  OPERATOR,
  person,
  SampleRun,
  sha256,
  WINDOW_END,
  WINDOW_START,
} from "../../tests/support/sampleRun.ts";

const compilation = compileRunbook(readFileSync(new URL("./runbook.yaml", import.meta.url), "utf8"), sha256);
if (!compilation.ok) throw new Error("the runbook does not compile");
const plan = compilation.compiled;

const GIB = 1_073_741_824;
const HOUR = 3_600_000;
const OLD = "/var/lib/postgresql/15/main";
const NEW = "/mnt/pgdata/data";
const rows = { operations: 1204, users: 31, snapshots: 20 };

type Result = Record<string, unknown>;
/** What each action reports when all is well; where it matters, by step. */
const RESULTS: Readonly<Record<string, Result>> = {
  "postgres.facts": {
    size_bytes: 2 * GIB,
    database_bytes: 2 * GIB,
    data_directory: OLD,
    owner: "104:110",
    version: "15.14",
    system_identifier: "73",
    restart_policy: "none",
    tablespaces_outside_count: 0,
  },
  "host.facts": { cores: 4, load1: 0.5, memory_available_bytes: GIB, aes: true, kernel: "6.1" },
  "host.prerequisites": { ok: true, missing: [], packages: [] },
  "host.disk": { free_bytes: 90 * GIB, total_bytes: 100 * GIB, source: "/dev/sda1" },
  "host.cipherBenchmark": { encrypt_bytes_per_second: 1.5e9, available: true },
  "host.diskErrors": { errors_count: 0, readable: true },
  "backup.create": {
    path: "/var/backups/slackwater/x.enc",
    size_bytes: 5_000_000,
    rows,
    created_at: WINDOW_START - 20 * HOUR,
  },
  "backup.verify": { is_complete: true },
  "backup.restoreTest": { rows_equal: true, is_dropped: true, rows },
  "postgres.count": { rows, rows_total: 1255, digest: "d1" },
  "http.check": { ok: true, status: 200, latency_ms: 30 },
  "postgres.scanLog": { errors_per_minute: 0, errors_count: 0, critical_count: 0 },
  "traffic.stop": { sessions_left_count: 0 },
  "traffic.prove": { quiet: true, foreign_sessions_count: 0, wal_moved_bytes: 0 },
  "traffic.start": { is_open: true },
  "luks.create": {
    encrypted: "luks2",
    cipher: "aes-xts-plain64",
    key_bits: 512,
    slots_used_count: 2,
    is_mounted: true,
    is_writable: true,
    free_bytes: 3 * GIB,
  },
  "luks.headerBackup": { path: "/var/backups/slackwater/h.age", sha256: "x", is_tested: true, recipients_count: 1 },
  "luks.testSlot": { opens: true },
  "luks.reopen": { closed_first: true, was_open: false, is_mounted: true, has_marker: true },
  "luks.open": { is_mounted: true, has_marker: true },
  "luks.close": { is_closed: true },
  "luks.prove": { on_dm_crypt: true, chain_text: "ext4 on crypt on loop0" },
  "postgres.stop": { mode: "smart", is_clean: true, is_down: true },
  "postgres.atRest": {
    at_rest: true,
    server_running: false,
    open_files_count: 0,
    restart_policy: "none",
    system_identifier: "73",
  },
  "files.copy": {
    files_source: 9,
    files_target: 9,
    bytes_source: 5,
    bytes_target: 5,
    source_at_rest: true,
    source_manifest_before: "m",
    source_manifest_after: "m",
    owner: "104:110",
    duration_ms: 5000,
  },
  "files.verify": {
    files_checked: 9,
    files_source: 9,
    files_target: 9,
    bytes_source: 5,
    bytes_target: 5,
    differing_count: 0,
    missing_count: 0,
    extra_count: 0,
    wrong_owner_count: 0,
    required_missing_count: 0,
    source_at_rest: true,
    source_manifest: "m",
  },
  "files.manifest": { size_bytes: 2 * GIB, manifest: "m" },
  "postgres.pointAt": { now_directory: NEW, kept: "/etc/x.before", restart_policy: "none" },
  "postgres.pointBack": { now_directory: OLD },
  "postgres.start": { is_ready: true, data_directory: NEW, system_identifier: "73", started_at: WINDOW_START },
  "postgres.query": { ok: true, row_count: 1, number: 1204 },
};
const BY_STEP: Readonly<Record<string, Result>> = { "start-old": { data_directory: OLD } };

let run: SampleRun;
let bad: Record<string, Result>;
const seen: string[] = [];
/** When each step's task ended. */
const moments = new Map<string, Instant>();

beforeEach(() => {
  const read = readParameters(plan.runbook, {
    service: "Orders",
    switch_file: "/run/orders/closed",
    recovery_recipients: "age1x",
    overhead: "20m",
  });
  if (!read.ok) throw new Error("parameters");
  run = new SampleRun(plan, Instant.parse(WINDOW_START - 12 * HOUR), read.parameters);
  bad = {};
  seen.length = 0;
});

/** Gives an order that must be taken. */
function order(given: Order, actor = OPERATOR): void {
  const decision = run.order(given, actor);
  if (!decision.accepted) throw new Error(`${given.order}: ${decision.because}, ${decision.detail}`);
}

/** The maintenance page goes on with every stop; the start for the tests alone, on the volume, does not take it away. */
function trafficOf(action: string, stepId: string): Result {
  if (action === "traffic.stop") return { switched: true };
  return action === "traffic.start" ? { started_at: run.now, switched: stepId !== "open-database" } : {};
}

function finish(stepId: string, action: string): void {
  seen.push(stepId);
  run.now = Instant.parse(run.now + 1000);
  moments.set(stepId, run.now);
  run.succeed(stepId, { ...RESULTS[action], ...trafficOf(action, stepId), ...BY_STEP[stepId], ...bad[stepId] });
}

/** Carries the preparation out: measures, confirmations, secrets, the first announcement. */
function prepare(): void {
  for (const measure of plan.measures) {
    order({ order: "measure", itemIds: [measure.id] });
    finish(measure.id, measure.task.action);
  }
  const items = plan.runbook.checklist.flatMap((group) => group.items);
  for (const item of items) {
    if (item.confirm !== undefined) {
      const by = item.confirm.by.includes("operator") ? OPERATOR : ANNA;
      order({ order: "confirmItem", itemId: item.id, value: true, reason: "Asked." }, by);
    }
    if (item.announce !== undefined)
      order({ order: "confirmItem", itemId: item.id, value: true, reason: "Sent." }, person("sue", ["support"]));
    if (item.seal !== undefined)
      order(
        { order: "recordSecret", secret: item.seal, place: "Safe", recipient: "age1key" },
        item.seal === "recovery" ? ANNA : OPERATOR,
      );
  }
}

function start(): void {
  prepare();
  order({ order: "askApproval" });
  run.decide(ANNA);
  run.now = WINDOW_START;
  // The load of the afternoon says nothing about the night: it is measured again before the start.
  order({ order: "measure", itemIds: [StepId.parse("measure-host")] });
  finish("measure-host", "host.facts");
  order({ order: "start" });
}

/** Lets hosts report and approvers decide until nothing goes on by itself. */
function go(until?: string): void {
  for (let turn = 0; turn < 200; turn++) {
    const task = Object.values(run.state.tasks).find((any) => any.stage === "ordered" || any.stage === "accepted");
    if (task !== undefined) {
      if (task.stepId === until) return;
      finish(task.stepId, task.action);
      continue;
    }
    const asking = Object.values(run.state.gates).find((gate) => gate.stage === "asking");
    if (asking !== undefined && asking.gateId === until) return;
    if (asking !== undefined && run.state.stage === "running") {
      run.decide(ANNA, "GO", asking.gateId);
      continue;
    }
    const timers = Object.entries(run.state.timers).filter(([, any]) => any.purpose !== "gateExpiry");
    const [timerId, timer] = timers.sort(([, a], [, b]) => a.firesAt - b.firesAt)[0] ?? [];
    if (timerId === undefined || timer === undefined || run.state.stage === "ended" || run.state.stage === "held")
      return;
    run.now = Instant.parse(Math.max(run.now, timer.firesAt));
    run.report({ report: "timerFired", timerId });
  }
  throw new Error("the run does not come to rest");
}

const stage = (id: string): string => run.state.steps[StepId.parse(id)]?.stage ?? "planned";

test("approval can be asked only when every item of the checklist is closed", () => {
  expect(run.order({ order: "askApproval" })).toMatchObject({ accepted: false, because: "checklistOpen" });
  prepare();
  expect(run.order({ order: "askApproval" })).toMatchObject({ accepted: true });
  expect(run.state.stage).toBe("deciding");
});

test("a good day: ten parts in order, five decision points, users back, an hour watched, done", () => {
  start();
  go();
  expect(run.state.stage, JSON.stringify(run.state.hold)).toBe("ended");
  const kept = { lastAcceptedAt: moments.get("stop-writers"), firstAcceptedAt: moments.get("users-back") };
  expect(run.state.downtime).toEqual({
    ...kept,
    measuredBy: "steps",
    downtimeMs: Number(kept.firstAcceptedAt) - Number(kept.lastAcceptedAt),
  });
  expect(run.state.outcome).toBe("completed");
  for (const step of plan.steps) expect(stage(step.id), step.id).toBe("done");
  expect(seen.indexOf("count-before")).toBeLessThan(seen.indexOf("final-backup"));
  expect(seen.indexOf("prove-at-rest")).toBeLessThan(seen.indexOf("copy"));
  expect(seen.indexOf("reopen")).toBe(seen.indexOf("verify") - 1);
  const watch = run.state.steps[StepId.parse("watch")];
  expect(Number(watch?.endedAt) - Number(watch?.beganAt)).toBeGreaterThanOrEqual(HOUR);
  expect(run.state.announced.map((sent) => sent.announcementId)).toEqual(expect.arrayContaining(["status", "done"]));
});

describe("whatever fails before users are back leads to the old directory, without loss", () => {
  test.each([
    ["a last backup that lacks rows", "final-backup", { rows: { ...rows, users: 30 } }],
    ["a last backup that can't be read", "read-backup", { is_complete: false }],
    ["a volume that does not come back", "reopen", { is_mounted: false }],
    ["a file that differs", "verify", { differing_count: 1 }],
    ["a file that is missing", "verify", { missing_count: 1 }],
    ["a required file that is missing", "verify", { required_missing_count: 1 }],
    ["an old directory that somebody wrote to", "verify", { source_manifest: "other" }],
    ["a start on the volume that fails", "start-new", { is_ready: false }],
    ["a data directory that is not on dm-crypt", "prove-encrypted", { on_dm_crypt: false }],
    ["rows that differ", "count-after", { rows: { ...rows, operations: 1203 } }],
    ["contents that differ", "count-after", { digest: "d2" }],
    ["a health check that fails", "check-health", { ok: false, status: 500 }],
    ["a service that is 50 % slower", "check-health", { latency_ms: 45 }],
    ["a test request that fails", "check-sync", { ok: false }],
    ["critical lines in PostgreSQL's log", "scan-postgres", { critical_count: 1 }],
  ])("%s", (_what, stepId, result) => {
    start();
    bad[stepId] = result;
    go();
    expect(run.state.outcome, JSON.stringify(run.state.hold)).toBe("rolledBack");
    expect(run.state.rollback?.cause).toBe("stepFailed");
    expect(stage("users-back-to-old")).toBe("done");
    expect(seen).not.toContain("save-new-side");
    const stopped = run.state.steps[StepId.parse("stop-postgres")] !== undefined;
    expect(stage("start-old")).toBe(stopped ? "done" : "planned");
  });

  test("NO-GO at the gate before users return", () => {
    start();
    go("users-gate");
    run.decide(ANNA, "NO-GO", "users-gate");
    go();
    expect(run.state.outcome).toBe("rolledBack");
    expect(seen.slice(-1)).toEqual(["close-volume"]);
  });

  test("a service that stops answering while people decide", () => {
    start();
    go("users-gate");
    for (let failures = 1; failures <= 5; failures++) {
      run.report({
        report: "probeSampled",
        probeId: "app_health",
        sample: { at: run.now, ok: false, consecutiveFailures: failures, detail: "no answer" },
      });
    }
    go();
    expect(run.state.rollback?.cause).toBe("trigger");
    expect(run.state.outcome).toBe("rolledBack");
  });
});

test("a host that is restarted while people decide goes back to the old directory by itself, without anybody's passphrase", () => {
  start();
  go("users-gate");
  run.report({ report: "hostRebooted", hostId: HOST, detail: "It was rebooted." });
  expect(run.state.hold?.cause).toBe("hostRebooted");
  expect([stage("open-volume"), stage("start-new")]).toEqual(["undone", "undone"]);
  // What an agent finds then: nothing answers, and of the closed volume it can only be said that no server runs on it.
  bad["close-new"] = { sessions_left_count: 1 };
  bad["stop-new"] = { is_down: true, is_clean: false };
  for (let failures = 1; failures <= 5; failures++) {
    const sample = { at: run.now, ok: false, consecutiveFailures: failures, detail: "no answer" };
    run.report({ report: "probeSampled", probeId: "app_health", sample });
  }
  go();
  expect(run.state.rollback?.cause).toBe("trigger");
  expect(run.state.outcome, JSON.stringify(run.state.hold)).toBe("rolledBack");
  expect([stage("start-old"), stage("users-back-to-old")]).toEqual(["done", "done"]);
});

test("a directory that outgrew the volume holds the run before anything is copied, and going back loses nothing", () => {
  bad["prove-room"] = { size_bytes: 3 * GIB, manifest: "m1" };
  start();
  go();
  expect(run.state).toMatchObject({
    stage: "held",
    hold: {
      stepId: "prove-room",
      detail: expect.stringContaining("The volume holds the directory as it is now, with 10 % to spare"),
    },
  });
  expect(stage("copy")).toBe("planned");
  run.order({ order: "rollBack", reason: "The volume is too small." });
  go();
  expect(run.state.outcome).toBe("rolledBack");
});

test("a step that people can mend holds: a full volume during the copy, then retry, and it goes on", () => {
  start();
  go("copy");
  run.fail("copy");
  run.now = Instant.parse(run.now + 10_000);
  for (const timerId of Object.keys(run.state.timers)) run.report({ report: "timerFired", timerId });
  run.fail("copy");
  expect(run.state).toMatchObject({ stage: "held", hold: { cause: "stepFailed" } });
  run.order({ order: "retry", stepId: StepId.parse("copy") });
  go();
  expect(run.state.outcome).toBe("completed");
});

test("sessions that don't go away hold nobody up for long: the service opens again on the old volume", () => {
  start();
  bad["stop-writers"] = { sessions_left_count: 1 };
  go();
  expect(run.state.outcome).toBe("rolledBack");
  expect(seen).not.toContain("stop-postgres");
});

describe("after users returned", () => {
  test("a trigger asks people first, because a rollback would lose what was written", () => {
    start();
    go("users-gate");
    run.decide(ANNA, "GO", "users-gate");
    go("look-again");
    for (let failures = 1; failures <= 5; failures++) {
      run.report({
        report: "probeSampled",
        probeId: "test_request",
        sample: { at: run.now, ok: false, consecutiveFailures: failures, detail: "503" },
      });
    }
    expect(run.state).toMatchObject({ stage: "held", hold: { cause: "trigger" } });
  });

  test("the last decision point does not roll back over what users wrote by itself: it holds and asks", () => {
    start();
    bad["look-again"] = { errors_per_minute: 50 };
    go();
    expect(run.state.stage).toBe("held");
    expect(run.state.gates[GateId.parse("final-gate")]?.stage).toBe("refused");
    expect(run.state.rollback).toBeUndefined();
  });

  test("a rollback that people order saves the new side first, then goes back, and does not claim that nothing was lost", () => {
    start();
    go("look-again");
    run.order({ order: "hold", reason: "Users report wrong data." });
    finish("look-again", "postgres.scanLog");
    run.order({ order: "rollBack", reason: "Users report wrong data." });
    go();
    expect(run.state.outcome, JSON.stringify(run.state.hold)).toBe("rolledBack");
    // Saved before it is closed, what is written meanwhile would be in neither side.
    const order = ["close-new", "save-new-side", "stop-new"];
    expect(seen.filter((id) => order.includes(id))).toEqual(order);
    const values = announcementValues({
      plan,
      window: {
        title: "Encrypt",
        service: "Orders",
        zone: "Europe/Berlin",
        startsAt: WINDOW_START,
        endsAt: WINDOW_END,
      },
      parameters: run.state.parameters,
      run: run.state,
      now: run.now,
    });
    const announcement = plan.runbook.announcements.find((any) => any.id === "rolled-back");
    const rendered = announcement === undefined ? undefined : renderAnnouncement(announcement, values);
    expect(rendered).toMatchObject({ ok: true, missing: ["note.lost"] });
  });
});
