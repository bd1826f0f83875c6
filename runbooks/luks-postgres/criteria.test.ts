import { describe, expect, test } from "vitest";
import { compiled, GIB, rows, runbook, useGoodDay } from "../../tests/support/goodDay.ts";

const { facts, scope, judge } = useGoodDay();

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
    ["volume-gate", "volume-room", { "volume.free_bytes": 54 * GIB }],
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
