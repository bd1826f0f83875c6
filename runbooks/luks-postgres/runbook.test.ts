import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import type { KnownValue } from "../../domain/announcement/render.ts";
import { renderAnnouncement } from "../../domain/announcement/render.ts";
import type { FactValue } from "../../domain/fact/fact.ts";
import { plannedDurationMs } from "../../domain/forecast/plannedDuration.ts";
import { Digest, RunId, StepId } from "../../domain/ids.ts";
import { compileRunbook } from "../../domain/runbook/compile.ts";
import type { FactTree, Scope } from "../../domain/runbook/compiled.ts";
import { nestByDots } from "../../domain/runbook/nestedNames.ts";
import { readParameters } from "../../domain/runbook/readParameters.ts";
import { Instant } from "../../domain/time.ts";

const text = readFileSync(new URL("./runbook.yaml", import.meta.url), "utf8");
const compilation = compileRunbook(text, (source) => Digest.parse(createHash("sha256").update(source).digest("hex")));
if (!compilation.ok) throw new Error(JSON.stringify(compilation.problems, null, 1));
const { compiled, warnings } = compilation;
const { runbook, expressions } = compiled;

const GIB = 1_073_741_824;
const START = Date.UTC(2026, 11, 3, 10, 0);
const rows = { operations: 1_204_118, users: 3121, snapshots: 2044 };

/** What is known when all went well, for a database of 50 GiB on a host of 16 cores. */
const GOOD: Readonly<Record<string, FactValue>> = {
  "db.size_bytes": 50 * GIB,
  "db.size_now_bytes": 50 * GIB,
  "db.database_bytes": 45 * GIB,
  "db.directory": "/var/lib/postgresql/15/main",
  "db.owner": "104:110",
  "db.system_id": "7300000000000000001",
  "db.tablespaces_outside_count": 0,
  "host.cores": 16,
  "host.load1": 3.1,
  "host.aes": true,
  "tools.ok": true,
  "disk.volume_free_bytes": 212 * GIB,
  "disk.volume_total_bytes": 400 * GIB,
  "disk.volume_source": "/dev/sda1",
  "disk.backup_free_bytes": 80 * GIB,
  "disk.backup_source": "/dev/sdb1",
  "disk.errors_count": 0,
  "disk.log_readable": true,
  "prepared.backup_bytes": 8 * GIB,
  "prepared.backup_rows": rows,
  "prepared.backup_at": START - 20 * 3_600_000,
  "prepared.backup_complete": true,
  "prepared.restore_equal": true,
  "baseline.health_ms": 40,
  "baseline.sync_ms": 60,
  "baseline.errors_per_minute": 0.2,
  "people.off_site": true,
  "people.old_kept": true,
  "people.key_holders_ready": true,
  "people.stakeholders_told": true,
  "people.status_page_told": true,
  "people.no_critical_issue": true,
  "people.rollback_understood": true,
  "people.rollback_time_accepted": true,
  "people.window_announced": true,
  "before.rows": rows,
  "before.digest": "d1",
  "final.backup_bytes": 8 * GIB,
  "final.backup_rows": rows,
  "final.backup_complete": true,
  "volume.encrypted": "luks2",
  "volume.cipher": "aes-xts-plain64",
  "volume.key_bits": 512,
  "volume.slots_count": 2,
  "volume.mounted": true,
  "volume.writable": true,
  "volume.header_tested": true,
  "source.manifest": "m1",
  "verified.files_count": 3017,
  "verified.troubles_count": 0,
  "verified.required_missing_count": 0,
  "verified.source_untouched": true,
  "after.rows": rows,
  "after.digest": "d1",
  "accepted.health_ms": 42,
  "accepted.slower_percent": 5,
  "accepted.sync_ms": 61,
  "accepted.critical_count": 0,
  "watched.critical_count": 0,
  "watched.errors_per_minute": 0.4,
  "watched.health_ok": true,
};

let facts: Record<string, FactValue>;
beforeEach(() => {
  facts = { ...GOOD };
});

function scope(more: Partial<Scope> = {}, given: Record<string, unknown> = {}): Scope {
  const read = readParameters(runbook, { service: "Orders", recovery_recipients: "age1x", ...given });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return {
    params: read.parameters,
    facts: nestByDots<FactValue | FactTree>(Object.entries(facts), (level) => level),
    began: new Set(),
    done: new Set(compiled.steps.map((step) => step.id)),
    run: { id: RunId.parse("4b9ae1c6-7a52-4d25-8f55-1b5d9d9b2d10"), kind: "live" },
    now: Instant.parse(START),
    window: { starts_at: Instant.parse(START), ends_at: Instant.parse(START + 4 * 3_600_000) },
    ...more,
  };
}

const judge = (expr: string, in_: Scope = scope()): string => expressions.judge("x", "x", expr, in_).verdict;

test("it reads without an error and without a warning", () => {
  expect(warnings).toEqual([]);
});

test("the plan: what is done in which order, how long it takes, and what undoes it", () => {
  const tree = scope().facts;
  const plan = compiled.steps.map((step) => {
    const what = step.work.kind === "task" ? `${step.work.task.action} (${step.work.task.class})` : step.work.kind;
    const minutes = Math.round(plannedDurationMs(step.lasts, tree).ms / 6000) / 10;
    const undo = step.source.undo === undefined ? "" : `; undo ${[step.source.undo].flat().join(", ")}`;
    return `${String(step.index ?? "").padStart(2)} ${step.phase.id}/${step.id}: ${what}, ${minutes} min, else ${step.onFailure}${undo}`;
  });
  expect(plan).toMatchSnapshot();
  expect(compiled.rollbackSteps.map((step) => `${step.id} when ${step.when}`)).toMatchSnapshot();
});

test("it has ten parts, and 50 GiB are planned as the table of the ten steps says", () => {
  const tree = scope().facts;
  const minutes = new Map<string, number>();
  for (const step of compiled.steps) {
    if (step.work.kind === "gate" || step.work.kind === "wait") continue;
    const known = minutes.get(step.phase.id) ?? 0;
    minutes.set(step.phase.id, known + plannedDurationMs(step.lasts, tree).ms / 60_000);
  }
  expect(minutes.size).toBe(10);
  const [stop, backup, volume, halt, copy, verify, point, start, accept, resume] = minutes.values();
  expect([stop, volume, halt, point, start]).toEqual([5, 5, 5, 5, 5]);
  expect(backup).toBeGreaterThanOrEqual(5);
  expect(backup).toBeLessThanOrEqual(10);
  expect(copy).toBe(75);
  expect(verify).toBeGreaterThanOrEqual(10);
  expect(verify).toBeLessThanOrEqual(20);
  expect(accept).toBe(15);
  expect(resume).toBe(5);
});

test("preparation has eight parts, and an agent or a named person fills in every item", () => {
  expect(runbook.checklist.map((group) => group.id)).toEqual([
    "sizing",
    "host",
    "backup",
    "second-net",
    "baselines",
    "keys",
    "telling",
    "way-back",
  ]);
  expect(runbook.checklist.flatMap((group) => group.items.flatMap((item) => item.seal ?? []))).toEqual([
    "backup",
    "operational",
    "recovery",
  ]);
});

describe("GO criteria", () => {
  test("all pass on a good day", () => {
    for (const criterion of runbook.criteria.go) expect(judge(criterion.expr), criterion.id).toBe("pass");
  });

  test.each([
    ["backup", { "prepared.restore_equal": false }],
    ["space", { "disk.volume_free_bytes": 149 * GIB }],
    ["aes", { "host.aes": false }],
    ["keys", { "people.key_holders_ready": false }],
    ["no-critical-issue", { "people.no_critical_issue": false }],
    ["announced", { "people.stakeholders_told": false }],
    ["fits", { "db.size_bytes": 100 * GIB }],
    ["way-back", { "people.rollback_time_accepted": false }],
  ])("%s fails when it should, and is unknown while nobody measured", (id, bad) => {
    const criterion = runbook.criteria.go.find((any) => any.id === id);
    if (criterion === undefined) throw new Error(`no criterion ${id}`);
    Object.assign(facts, bad);
    expect(judge(criterion.expr)).toBe("fail");
    for (const name of Object.keys(bad)) delete facts[name];
    expect(judge(criterion.expr)).toBe("unknown");
  });

  test("only the missing AES instructions can be waived, and by an approver", () => {
    expect(runbook.criteria.go.filter((criterion) => criterion.waivable !== undefined)).toMatchObject([
      { id: "aes", waivable: { by: ["approver"] } },
    ]);
    expect(runbook.criteria.nogo.filter((criterion) => criterion.waivable !== undefined)).toEqual([]);
  });
});

describe("NO-GO criteria (true stops)", () => {
  test("none holds on a good day", () => {
    for (const criterion of runbook.criteria.nogo) expect(judge(criterion.expr), criterion.id).toBe("fail");
  });

  test.each([
    ["backup-failed", { "prepared.backup_complete": false }],
    ["backup-failed", { "prepared.backup_bytes": 900_000 }],
    ["restore-failed", { "prepared.restore_equal": false }],
    ["space-short", { "disk.volume_free_bytes": 70 * GIB }],
    ["space-short", { "disk.backup_free_bytes": 15 * GIB }],
    ["keys-missing", { "people.key_holders_ready": false }],
    ["critical-issue", { "people.no_critical_issue": false }],
    ["unstable", { "host.load1": 33 }],
    ["unstable", { "disk.errors_count": 1 }],
    ["tools-missing", { "tools.ok": false }],
    ["outside", { "db.tablespaces_outside_count": 1 }],
  ])("%s stops on %o", (id, bad) => {
    Object.assign(facts, bad);
    const criterion = runbook.criteria.nogo.find((any) => any.id === id);
    expect(judge(criterion?.expr ?? "")).toBe("pass");
  });

  test("on one file system volume and backups must fit together", () => {
    const expr = runbook.criteria.nogo.find((any) => any.id === "space-short")?.expr ?? "";
    Object.assign(facts, {
      "disk.volume_source": "/dev/sda1",
      "disk.backup_source": "/dev/sda1",
      "disk.volume_free_bytes": 97 * GIB,
    });
    expect(judge(expr)).toBe("fail");
    facts["disk.volume_free_bytes"] = 96 * GIB;
    expect(judge(expr)).toBe("pass");
  });
});

describe("decision points", () => {
  const criterion = (gateId: string, id: string): string => {
    const gate = compiled.gates.find((any) => any.gateId === gateId);
    return gate?.spec.criteria.find((any) => any.id === id)?.expr ?? `no criterion ${id}`;
  };

  test("every criterion of every gate passes on a good day", () => {
    for (const gate of compiled.gates) {
      for (const { id, expr } of gate.spec.criteria) expect(judge(expr), id).toBe("pass");
    }
  });

  test("1, 2, 3 and 5 open by criteria and roll back otherwise; users come back only by people", () => {
    const gates = compiled.gates.map(({ gateId, spec }) => `${gateId} ${spec.opensBy} ${spec.onNoGo}`);
    expect(gates).toEqual([
      "go people hold",
      "backup-gate criteria rollback",
      "volume-gate criteria rollback",
      "data-gate criteria rollback",
      "users-gate people rollback",
      "final-gate criteria rollback",
    ]);
  });

  test.each([
    ["backup-gate", "backup-rows", { "final.backup_rows": { ...rows, users: 1 } }],
    ["backup-gate", "backup-large", { "final.backup_bytes": 1_000_000 }],
    ["volume-gate", "volume-cipher", { "volume.key_bits": 256 }],
    ["volume-gate", "volume-cipher", { "volume.slots_count": 1 }],
    ["volume-gate", "volume-cipher", { "volume.encrypted": "none" }],
    ["volume-gate", "header-kept", { "volume.header_tested": false }],
    ["data-gate", "files-equal", { "verified.troubles_count": 1 }],
    ["data-gate", "files-required", { "verified.required_missing_count": 1 }],
    ["data-gate", "source-untouched", { "verified.source_untouched": false }],
    ["users-gate", "accept-rows", { "after.digest": "d2" }],
    ["users-gate", "accept-rows", { "after.rows": { ...rows, operations: 1_204_117 } }],
    ["users-gate", "accept-logs", { "accepted.critical_count": 1 }],
    ["users-gate", "accept-speed", { "accepted.slower_percent": 15.1 }],
    ["final-gate", "final-errors", { "watched.errors_per_minute": 10.5 }],
    ["final-gate", "final-health", { "watched.health_ok": false }],
  ])("%s: %s fails on %o", (gateId, id, bad) => {
    Object.assign(facts, bad);
    expect(judge(criterion(gateId, id))).toBe("fail");
  });

  test("a volume that is not encrypted passes only where that was asked for", () => {
    Object.assign(facts, {
      "volume.encrypted": "none",
      "volume.cipher": "",
      "volume.key_bits": 0,
      "volume.slots_count": 0,
    });
    delete facts["volume.header_tested"];
    expect(judge(criterion("volume-gate", "volume-cipher"), scope({}, { encryption: "none" }))).toBe("pass");
    expect(judge(criterion("volume-gate", "header-kept"), scope({}, { encryption: "none" }))).toBe("pass");
    expect(judge(criterion("volume-gate", "volume-cipher"))).toBe("fail");
  });

  test("a fast health check may be slower by a hair more than 15 %", () => {
    Object.assign(facts, { "baseline.health_ms": 4, "accepted.health_ms": 6.5, "accepted.slower_percent": 62.5 });
    expect(judge(criterion("users-gate", "accept-speed"))).toBe("pass");
    Object.assign(facts, { "accepted.health_ms": 7.5 });
    expect(judge(criterion("users-gate", "accept-speed"))).toBe("fail");
  });
});

describe("triggers", () => {
  const trigger = (id: string) => runbook.triggers.find((any) => any.id === id);

  test("five health checks in a row that fail roll back, four do not", () => {
    const probe = (consecutive_failures: number) => scope({ probe: { ok: false, consecutive_failures } });
    expect(judge(trigger("health")?.expr ?? "", probe(5))).toBe("pass");
    expect(judge(trigger("health")?.expr ?? "", probe(4))).toBe("fail");
    expect(trigger("health")).toMatchObject({ action: "rollback", armed: { after: "open-database" } });
  });

  test("ten times the usual errors fire, and a baseline without errors counts as one per minute", () => {
    const probe = (value: number) => scope({ probe: { ok: true, value, consecutive_failures: 0 } });
    facts["baseline.errors_per_minute"] = 0;
    expect(judge(trigger("errors")?.expr ?? "", probe(10))).toBe("fail");
    expect(judge(trigger("errors")?.expr ?? "", probe(11))).toBe("pass");
    facts["baseline.errors_per_minute"] = 3;
    expect(judge(trigger("errors")?.expr ?? "", probe(30))).toBe("fail");
    expect(judge(trigger("errors")?.expr ?? "", probe(31))).toBe("pass");
    expect(trigger("errors")).toMatchObject({ action: "rollback", for: "2m" });
  });
});

describe("the way back", () => {
  const stepsFor = (...began: string[]): string[] => {
    const at = scope({ began: new Set(began.map((id) => StepId.parse(id))) });
    return compiled.rollbackSteps.filter((step) => judge(step.when, at) === "pass").map((step) => step.id);
  };

  test("before PostgreSQL was stopped it only opens the service again", () => {
    expect(stepsFor("announce-start", "stop-writers", "prove-quiet", "count-before", "final-backup")).toEqual([
      "users-back-to-old",
      "check-health-old",
      "check-sync-old",
      "announce-rolled-back",
    ]);
  });

  test("after a failed comparison it starts on the old directory, proven untouched, and never restores a dump", () => {
    const began = ["stop-writers", "create-volume", "stop-postgres", "copy", "reopen", "verify"];
    expect(stepsFor(...began)).toEqual([
      "prove-old-untouched",
      "start-old",
      "count-old",
      "users-back-to-old",
      "check-health-old",
      "check-sync-old",
      "announce-rolled-back",
      "close-volume",
    ]);
    const actions = compiled.rollbackSteps.flatMap((step) => (step.work.kind === "task" ? [step.work.task] : []));
    expect(actions.filter((task) => task.class === "destroy")).toEqual([]);
    expect(actions.map((task) => task.action).filter((action) => action.startsWith("backup."))).toEqual([
      "backup.create",
    ]);
  });

  test("after users returned it saves what they wrote before anything else", () => {
    const all = compiled.steps.map((step) => step.id);
    expect(stepsFor(...all)[0]).toBe("save-new-side");
    expect(stepsFor(...all)).toHaveLength(compiled.rollbackSteps.length);
  });

  test("until users return nothing is lost; from then on it is counted, or not known", () => {
    const loses = runbook.rollback.loses?.expr ?? "";
    const params = { switch_file: "/run/maintenance" };
    const open = StepId.parse("open-database");
    const back = StepId.parse("users-back");
    expect(expressions.value(loses, scope({ began: new Set([open]) }, params))).toBe(0);
    expect(expressions.value(loses, scope({ began: new Set([open, back]) }, params))).toBeUndefined();
    // What was counted before users were let back says nothing of what they wrote.
    Object.assign(facts, { "written.before_count": 100, "written.open_count": 100 });
    expect(expressions.value(loses, scope({ began: new Set([open, back]) }, params))).toBeUndefined();
    expect(expressions.value(loses, scope({ began: new Set([open]) }))).toBe(0);
    Object.assign(facts, { "written.now_count": 314, "written.open_count": 314 });
    expect(expressions.value(loses, scope({ began: new Set([open, back]) }, params))).toBe(214);
    expect(expressions.value(loses, scope({ began: new Set([open]) }))).toBe(214);
  });
});

describe("arguments", () => {
  test("the volume is the database and 20 %, in whole GiB and one more", () => {
    const create = compiled.steps.find((step) => step.id === "create-volume");
    if (create?.work.kind !== "task") throw new Error("create-volume is no task");
    const rendered = expressions.renderArguments(create.work.task.with, scope());
    expect(rendered).toMatchObject({
      ok: true,
      value: { sizeBytes: 61 * GIB, pbkdfIterations: 0, volume: { encryption: "luks2" } },
    });
  });

  test.each([{}, { kind: "docker", container: "pg" }])(
    "every order can be filled in and fits its action, for %o",
    async (given) => {
      const { actionNamed } = await import("../../domain/action/catalog.ts");
      Object.assign(facts, {
        "prepared.backup_path": "/b/x.enc",
        "final.backup_path": "/b/y.enc",
        "new.started_at": START,
      });
      const tasks = [
        ...compiled.measures.map((measure) => measure.task),
        ...[...compiled.steps, ...compiled.rollbackSteps].flatMap((step) =>
          step.work.kind === "task" ? [step.work.task] : [],
        ),
      ];
      for (const task of tasks) {
        const rendered = expressions.renderArguments(task.with, scope({}, given));
        if (!rendered.ok) throw new Error(`${task.action}: ${rendered.failure.message}`);
        const parsed = actionNamed(task.action)?.args.safeParse(rendered.value);
        expect(parsed?.error?.issues ?? [], task.action).toEqual([]);
      }
      for (const probe of Object.values(compiled.probes)) {
        const rendered = expressions.renderArguments(probe.with, scope({}, given));
        expect(rendered.ok && actionNamed(probe.action)?.args.safeParse(rendered.value).success, probe.title).toBe(
          true,
        );
      }
    },
  );
});

describe("announcements", () => {
  const known = (more: Readonly<Record<string, FactValue | null>> = {}): Map<string, KnownValue> => {
    const all: Record<string, FactValue | null> = {
      "window.service": "Orders",
      "window.title": "Encrypt orders",
      "window.zone": "America/Los_Angeles",
      "window.starts_at": START,
      "window.ends_at": START + 3 * 3_600_000,
      "run.started_at": START + 30_000,
      "run.ended_at": START + 8_000_000,
      "run.duration_ms": 7_970_000,
      "run.expected_end_at": START + 7_800_000,
      "step.title": "Copy",
      "step.for_users": "Your data is being copied onto the encrypted disk.",
      "run.loses_nothing": true,
      "note.issue": null,
      "note.lost": null,
      "note.next_date": null,
      ...Object.fromEntries(Object.entries(scope().params).map(([name, value]) => [`params.${name}`, value])),
      ...Object.fromEntries(Object.entries(facts).map(([name, value]) => [`facts.${name}`, value])),
      ...more,
    };
    return new Map(Object.entries(all).map(([name, value]) => [name, { value, source: "test" }]));
  };
  const render = (id: string, values = known()) => {
    const announcement = runbook.announcements.find((any) => any.id === id);
    if (announcement === undefined) throw new Error(`no announcement ${id}`);
    const rendered = renderAnnouncement(announcement, values);
    if (!rendered.ok) throw new Error(rendered.message);
    return rendered;
  };

  test("every template renders with full facts, and none has a gap", () => {
    for (const { id } of runbook.announcements) {
      const rendered = render(id);
      expect(rendered.missing, id).toEqual([]);
      expect(`# ${rendered.subject}\n\n${rendered.text}`).toMatchSnapshot(id);
    }
  });

  test("no template can tell users the names of hosts, containers or paths", () => {
    for (const { id, subject, body } of runbook.announcements) {
      expect(`${subject}${body}`, id).not.toMatch(
        /params\.(container|data_dir|bin_dir|config_file|volume_path|mount_point|database|db_user|os_user|port)/,
      );
    }
  });

  test("what was not measured is not said: the gap has its name", () => {
    facts = Object.fromEntries(Object.entries(facts).filter(([name]) => name !== "accepted.slower_percent"));
    const rendered = render("done");
    expect(rendered.missing).toEqual(["facts.accepted.slower_percent"]);
    expect(rendered.text).toContain("[facts.accepted.slower_percent] %");
  });

  test("a trial without encryption says so in capitals", () => {
    expect(render("done").text).toContain("LUKS2");
    expect(render("done", known({ "facts.volume.encrypted": "none" })).text).toContain("NOT ENCRYPTED");
  });

  test("a rollback tells what happened, what was lost and the new date, where a person wrote it", () => {
    const values = known({
      "note.issue": "A checksum differed.",
      "note.lost": "Entries after 04:00 are kept and will be added.",
      "note.next_date": "10 December",
    });
    const text = render("rolled-back", values).text;
    expect(text).toContain("A checksum differed.");
    expect(text).toContain("Entries after 04:00");
    expect(text).toContain("10 December, to be confirmed");
    expect(render("rolled-back").text).toContain("Nothing was lost.");
  });

  test("after users returned, a rollback never claims that nothing was lost", () => {
    const rendered = render("rolled-back", known({ "run.loses_nothing": false }));
    expect(rendered.text).not.toContain("Nothing was lost");
    expect(rendered.missing).toEqual(["note.lost"]);
  });
});
