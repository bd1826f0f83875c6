import { z } from "zod";
import { ContainerOrNone, Flag, Milliseconds, ReadPath, ReadPathOrNone, TextList, WholeNumber } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { CountedTables, PostgresTarget, RowsByLabel, SessionSeen } from "./postgresTarget.ts";

const count = z.int().min(0);
const bytes = z.int().min(0);
const client = { psql: "postgresql-client", docker: "docker.io" } as const;
const server = { pg_ctl: "postgresql", pg_controldata: "postgresql", docker: "docker.io" } as const;

/** What the cluster is and where it really lies. */
export const postgresFacts = defineAction({
  name: "postgres.facts",
  title: "Measure the database",
  class: "observe",
  args: z.strictObject({ cluster: PostgresTarget }),
  result: z.object({
    version: z.string(),
    major: count,
    system_identifier: z.string(),
    /** Path on the host. docker: the source of the mount at PGDATA. */
    data_directory: z.string(),
    /** docker: PGDATA inside the container. plain: the same as data_directory. */
    pgdata: z.string(),
    /** Of the whole data directory on disk. */
    size_bytes: bytes,
    database_bytes: bytes,
    owner: z.string(),
    /** docker: the container's policy. plain: `none`. */
    restart_policy: z.string(),
    sessions_count: count,
    /** Tablespaces outside the data directory: the copy would not hold them. */
    tablespaces_outside_count: count,
  }),
  tools: { ...client, ...server },
  secrets: [],
  needsDatabase: true,
});

/** Exact rows of each table, and one digest over their contents, all in one snapshot. */
export const postgresCount = defineAction({
  name: "postgres.count",
  title: "Count rows and digest their contents",
  class: "observe",
  args: z.strictObject({
    cluster: PostgresTarget,
    tables: CountedTables,
    /** False: rows only, for very large tables. */
    contents: Flag.default(true),
  }),
  result: z.object({
    rows: RowsByLabel,
    rows_total: count,
    /** SHA-256 over the tables' content digests in order of label; does not depend on where rows lie. Empty without `contents`. */
    digest: z.string(),
    counted_at: z.int(),
  }),
  tools: client,
  secrets: [],
  needsDatabase: true,
});

/**
 * Stops the server: sessions listed first, restart policy of a container set to `no`, smart for `smartMs`, then fast for `fastMs`,
 * never immediate. A server that is down already, cleanly, is a success.
 */
export const postgresStop = defineAction({
  name: "postgres.stop",
  title: "Stop PostgreSQL",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    smartMs: Milliseconds.default(60_000),
    fastMs: Milliseconds.default(30_000),
  }),
  result: z.object({
    mode: z.enum(["smart", "fast", "alreadyStopped"]),
    duration_ms: count,
    sessions: z.array(SessionSeen),
    sessions_count: count,
    /** What pg_controldata says, such as `shut down`. */
    control_state: z.string(),
    is_clean: z.boolean(),
    /** Looked at afterwards: no server of this cluster runs. */
    is_down: z.boolean(),
    restart_policy_before: z.string(),
  }),
  tools: server,
  secrets: [],
  stopsDatabase: true,
});

/** Starts the server where its configuration points and waits until it answers. A server that runs there already is a success. */
export const postgresStart = defineAction({
  name: "postgres.start",
  title: "Start PostgreSQL",
  class: "safe",
  args: z.strictObject({
    cluster: PostgresTarget,
    waitMs: Milliseconds.default(120_000),
    /** Refuse to start anywhere else; empty: wherever it points. */
    expectDirectory: ReadPathOrNone.default(""),
  }),
  result: z.object({
    is_ready: z.boolean(),
    duration_ms: count,
    data_directory: z.string(),
    system_identifier: z.string(),
    started_at: z.int(),
  }),
  tools: server,
  secrets: [],
});

/** Whether the server answers a query, within `waitMs`. */
export const postgresReady = defineAction({
  name: "postgres.ready",
  title: "Wait until PostgreSQL answers",
  class: "observe",
  args: z.strictObject({ cluster: PostgresTarget, waitMs: Milliseconds.default(60_000) }),
  result: z.object({ is_ready: z.boolean(), latency_ms: z.number(), data_directory: z.string(), detail: z.string() }),
  tools: client,
  secrets: [],
  needsDatabase: true,
  probe: { ok: "is_ready", value: "latency_ms" },
});

/** Proves that a data directory is at rest: cleanly shut down, no server, no restart policy, no open file below it. */
export const postgresAtRest = defineAction({
  name: "postgres.atRest",
  title: "Prove that the data directory is at rest",
  class: "observe",
  args: z.strictObject({
    cluster: PostgresTarget,
    /** Path on the host; empty: the cluster's own. */
    directory: ReadPathOrNone.default(""),
  }),
  result: z.object({
    at_rest: z.boolean(),
    control_state: z.string(),
    server_running: z.boolean(),
    restart_policy: z.string(),
    open_files_count: count,
    /** Who has files open, the first twenty. */
    open_by: z.array(z.string()),
    system_identifier: z.string(),
  }),
  tools: server,
  secrets: [],
});

/** Runs one query in a read-only transaction and gives its first row. */
export const postgresQuery = defineAction({
  name: "postgres.query",
  title: "Ask the database",
  class: "observe",
  args: z.strictObject({
    cluster: PostgresTarget,
    sql: z.string().min(1).max(8000),
    /** The text that the first value must be; absent: any. */
    expect: z.string().max(1000).optional(),
    timeoutMs: Milliseconds.default(30_000),
  }),
  result: z.object({
    ok: z.boolean(),
    row_count: count,
    /** First value of the first row as text; empty when there is none. */
    value: z.string(),
    /** The same as a number where it is one, else 0. */
    number: z.number(),
    duration_ms: z.number(),
  }),
  tools: client,
  secrets: [],
  needsDatabase: true,
  probe: { ok: "ok", value: "number" },
});

/** Counts errors in a log: of PostgreSQL, of a service's container, or of a file. */
export const postgresScanLog = defineAction({
  name: "postgres.scanLog",
  title: "Look for errors in a log",
  class: "observe",
  args: z.strictObject({
    cluster: PostgresTarget,
    log: z.enum(["postgres", "container", "file"]).default("postgres"),
    /** Name of the service's container, for `container`. */
    container: ContainerOrNone.default(""),
    /** Path of the log, for `file`; an absent file has no lines. */
    path: ReadPathOrNone.default(""),
    /** Look at lines since then (an instant); 0: go by `lookBackMs`. */
    since: WholeNumber.pipe(z.int().min(0)).default(0),
    lookBackMs: Milliseconds.default(3_600_000),
    /** Regular expressions of lines that don't count. */
    benign: TextList.default([]),
  }),
  result: z.object({
    /** No line is critical. */
    ok: z.boolean(),
    lines_count: count,
    errors_count: count,
    /** PANIC, FATAL that is no refused log-in, corruption, access denied. */
    critical_count: count,
    errors_per_minute: z.number(),
    /** The first twenty errors, made safe to show. */
    errors: z.array(z.string()),
  }),
  tools: { docker: "docker.io" },
  secrets: [],
  probe: { ok: "ok", value: "errors_per_minute" },
});

/**
 * Makes the cluster use another data directory. plain: a copy of the configuration file is kept and `data_directory` set. docker:
 * the container is recreated with a bind mount at PGDATA and restart policy `no`; the old one is kept, renamed. The old data is not
 * touched. Refused unless this agent's own journal holds a passed verification of that directory.
 */
export const postgresPointAt = defineAction({
  name: "postgres.pointAt",
  title: "Point PostgreSQL at the new directory",
  class: "change",
  args: z.strictObject({ cluster: PostgresTarget, directory: ReadPath }),
  result: z.object({
    was_directory: z.string(),
    now_directory: z.string(),
    /** plain: the kept copy of the configuration. docker: the name of the kept container. */
    kept: z.string(),
    restart_policy: z.string(),
  }),
  tools: { docker: "docker.io" },
  secrets: [],
});

/** Puts back what `postgres.pointAt` kept. Where nothing was changed, or it is back already, that is a success. */
export const postgresPointBack = defineAction({
  name: "postgres.pointBack",
  title: "Point PostgreSQL back at the old directory",
  class: "safe",
  args: z.strictObject({ cluster: PostgresTarget, directory: ReadPath }),
  result: z.object({ now_directory: z.string(), changed: z.boolean(), restart_policy: z.string() }),
  tools: { docker: "docker.io" },
  secrets: [],
});
