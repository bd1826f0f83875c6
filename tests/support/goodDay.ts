import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeEach } from "vitest";
import type { FactValue } from "../../domain/fact/fact.ts";
import { Digest, RunId } from "../../domain/ids.ts";
import { compileRunbook } from "../../domain/runbook/compile.ts";
import type { FactTree, Scope } from "../../domain/runbook/compiled.ts";
import { nestByDots } from "../../domain/runbook/nestedNames.ts";
import { readParameters } from "../../domain/runbook/readParameters.ts";
import { Instant } from "../../domain/time.ts";

const text = readFileSync(new URL("../../runbooks/luks-postgres/runbook.yaml", import.meta.url), "utf8");
const compilation = compileRunbook(text, (source) => Digest.parse(createHash("sha256").update(source).digest("hex")));
if (!compilation.ok) throw new Error(JSON.stringify(compilation.problems, null, 1));

/** The shipped runbook luks-postgres as it compiles. */
export const { compiled, warnings } = compilation;
export const { runbook, expressions } = compiled;

export const GIB = 1_073_741_824;
/** Start of the window of these tests. */
export const START = Date.UTC(2026, 11, 3, 10, 0);
/** Rows by table, before and after alike. */
export const rows = { operations: 1_204_118, users: 3121, snapshots: 2044 };

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
  "volume.free_bytes": 59 * GIB,
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

/** For a test file about the runbook: what is known on a good day, anew for each test, and expressions judged on it. */
export function useGoodDay() {
  const facts: Record<string, FactValue> = {};
  beforeEach(() => {
    for (const name of Object.keys(facts)) delete facts[name];
    Object.assign(facts, GOOD);
  });
  const scope = (more: Partial<Scope> = {}, given: Record<string, unknown> = {}): Scope => {
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
  };
  const judge = (expr: string, in_: Scope = scope()): string => expressions.judge("x", "x", expr, in_).verdict;
  return { facts, scope, judge };
}
