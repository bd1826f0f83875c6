import { z } from "zod";
import { ContainerOrNone, Flag, Milliseconds, ReadPath, ReadPathOrNone, TextList, WholeNumber } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { CountedTables, EXAMPLE_CLUSTER, PostgresTarget, RowsByLabel, SessionSeen } from "./postgresTarget.ts";

const count = z.int().min(0);
const bytes = z.int().min(0);
const client = { psql: "postgresql-client", docker: "docker.io" } as const;
const server = { pg_ctl: "postgresql", pg_controldata: "postgresql", docker: "docker.io" } as const;

/** `postgres.facts`. */
export const postgresFacts = defineAction({
  name: "postgres.facts",
  title: "Measure the database",
  about: "What the cluster is and where it really lies.",
  class: "observe",
  args: z.strictObject({ cluster: PostgresTarget }),
  example: { cluster: EXAMPLE_CLUSTER },
  result: z.object({
    version: z.string(),
    major: count,
    system_identifier: z.string(),
    data_directory: z.string().describe("Path on the host. docker: the source of the mount at PGDATA."),
    pgdata: z.string().describe("docker: PGDATA inside the container. plain: the same as data_directory."),
    size_bytes: bytes.describe("Of the whole data directory on disk."),
    database_bytes: bytes,
    owner: z.string(),
    restart_policy: z.string().describe("docker: the container's policy. plain: `none`."),
    sessions_count: count,
    tablespaces_outside_count: count.describe("Tablespaces outside the data directory: the copy would not hold them."),
  }),
  tools: { ...client, ...server },
  secrets: [],
  needsDatabase: true,
});

/** `postgres.count`. */
export const postgresCount = defineAction({
  name: "postgres.count",
  title: "Count rows and digest their contents",
  about: "Exact rows of each table, and one digest over their contents, all in one snapshot.",
  class: "observe",
  args: z.strictObject({
    cluster: PostgresTarget,
    tables: CountedTables,
    contents: Flag.default(true).describe("False: rows only, for very large tables."),
  }),
  example: { cluster: EXAMPLE_CLUSTER, tables: "users; open_orders: orders where closed_at is null" },
  result: z.object({
    rows: RowsByLabel,
    rows_total: count,
    digest: z
      .string()
      .describe(
        "SHA-256 over the tables' content digests in order of label; does not depend on where rows lie. Empty without `contents`.",
      ),
    counted_at: z.int(),
  }),
  tools: client,
  secrets: [],
  needsDatabase: true,
});

/** `postgres.stop`. */
export const postgresStop = defineAction({
  name: "postgres.stop",
  title: "Stop PostgreSQL",
  about:
    "Stops the server: sessions listed first, restart policy of a container set to `no`, smart for `smartMs`, then fast for `fastMs`, never immediate. A server that is down already, cleanly, is a success.",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    smartMs: Milliseconds.default(60_000).describe("How long sessions may take to end by themselves (smart)."),
    fastMs: Milliseconds.default(30_000).describe("How long it may take after that, with sessions cut (fast)."),
  }),
  example: { cluster: EXAMPLE_CLUSTER, smartMs: 60_000 },
  result: z.object({
    mode: z.enum(["smart", "fast", "alreadyStopped"]),
    duration_ms: count,
    sessions: z.array(SessionSeen),
    sessions_count: count,
    control_state: z
      .string()
      .describe(
        "What pg_controldata says, such as `shut down`; that the data directory is not there, where its volume is closed.",
      ),
    is_clean: z.boolean(),
    is_down: z.boolean().describe("Looked at afterwards: no server of this cluster runs."),
    restart_policy_before: z.string(),
  }),
  undo: "`postgres.start` starts it again, and gives a container back the restart policy that it had.",
  afterCancel: "The server, running or stopping, as it was at that moment.",
  tools: server,
  secrets: [],
  stopsDatabase: true,
});

/** `postgres.start`. */
export const postgresStart = defineAction({
  name: "postgres.start",
  title: "Start PostgreSQL",
  about:
    "Starts the server where its configuration points and waits until it answers. A server that runs there already is a success.",
  class: "safe",
  args: z.strictObject({
    cluster: PostgresTarget,
    waitMs: Milliseconds.default(120_000).describe("How long it may take to answer."),
    expectDirectory: ReadPathOrNone.default("").describe("Refuse to start anywhere else; empty: wherever it points."),
  }),
  example: { cluster: EXAMPLE_CLUSTER, expectDirectory: "/mnt/pgdata/data" },
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

/** `postgres.ready`. */
export const postgresReady = defineAction({
  name: "postgres.ready",
  title: "Wait until PostgreSQL answers",
  about: "Whether the server answers a query, within `waitMs`.",
  class: "observe",
  args: z.strictObject({
    cluster: PostgresTarget,
    waitMs: Milliseconds.default(60_000).describe("How long it may take to answer."),
  }),
  example: { cluster: EXAMPLE_CLUSTER },
  result: z.object({ is_ready: z.boolean(), latency_ms: z.number(), data_directory: z.string(), detail: z.string() }),
  tools: client,
  secrets: [],
  needsDatabase: true,
  probe: { ok: "is_ready", value: "latency_ms" },
});

/** `postgres.atRest`. */
export const postgresAtRest = defineAction({
  name: "postgres.atRest",
  title: "Prove that the data directory is at rest",
  about:
    "Proves that a data directory is at rest: cleanly shut down, no server, no restart policy, no open file below it.",
  class: "observe",
  args: z.strictObject({
    cluster: PostgresTarget,
    directory: ReadPathOrNone.default("").describe("Path on the host; empty: the cluster's own."),
  }),
  example: { cluster: EXAMPLE_CLUSTER },
  result: z.object({
    at_rest: z.boolean(),
    control_state: z.string(),
    server_running: z.boolean(),
    restart_policy: z.string(),
    open_files_count: count,
    open_by: z.array(z.string()).describe("Who has files open, the first twenty."),
    system_identifier: z.string(),
  }),
  tools: server,
  secrets: [],
});

/** `postgres.query`. */
export const postgresQuery = defineAction({
  name: "postgres.query",
  title: "Ask the database",
  about: "Runs one query in a read-only transaction and gives its first row.",
  class: "observe",
  args: z.strictObject({
    cluster: PostgresTarget,
    sql: z.string().min(1).max(8000).describe("One statement."),
    expect: z.string().max(1000).optional().describe("The text that the first value must be; absent: any."),
    timeoutMs: Milliseconds.default(30_000).describe("How long the statement may take."),
  }),
  example: { cluster: EXAMPLE_CLUSTER, sql: "select count(*) from orders", expect: "48000" },
  result: z.object({
    ok: z.boolean(),
    row_count: count,
    value: z.string().describe("First value of the first row as text; empty when there is none."),
    number: z.number().describe("The same as a number where it is one, else 0."),
    duration_ms: z.number(),
  }),
  tools: client,
  secrets: [],
  needsDatabase: true,
  probe: { ok: "ok", value: "number" },
});

/** `postgres.scanLog`. */
export const postgresScanLog = defineAction({
  name: "postgres.scanLog",
  title: "Look for errors in a log",
  about: "Counts errors in a log: of PostgreSQL, of a service's container, or of a file.",
  class: "observe",
  args: z.strictObject({
    cluster: PostgresTarget,
    log: z
      .enum(["postgres", "container", "file"])
      .default("postgres")
      .describe("Which log: of the cluster, of another container, or a file."),
    container: ContainerOrNone.default("").describe("Name of the service's container, for `container`."),
    path: ReadPathOrNone.default("").describe("Path of the log, for `file`; an absent file has no lines."),
    since: WholeNumber.pipe(z.int().min(0))
      .default(0)
      .describe("Look at lines since then (an instant); 0: go by `lookBackMs`."),
    lookBackMs: Milliseconds.default(3_600_000).describe("How far back lines count where `since` is 0."),
    benign: TextList.default([]).describe("Regular expressions of lines that don't count."),
  }),
  example: {
    cluster: EXAMPLE_CLUSTER,
    lookBackMs: 600_000,
    benign: ["terminating connection due to administrator command"],
  },
  result: z.object({
    ok: z.boolean().describe("No line is critical."),
    lines_count: count,
    errors_count: count,
    critical_count: count.describe("PANIC, FATAL that is no refused log-in, corruption, access denied."),
    errors_per_minute: z.number(),
    errors: z.array(z.string()).describe("The first twenty errors, made safe to show."),
  }),
  tools: { docker: "docker.io" },
  secrets: [],
  probe: { ok: "ok", value: "errors_per_minute" },
});

/** `postgres.pointAt`. */
export const postgresPointAt = defineAction({
  name: "postgres.pointAt",
  title: "Point PostgreSQL at the new directory",
  about:
    "Makes the cluster use another data directory. plain: a copy of the configuration file is kept and `data_directory` set. docker: the container is recreated with a bind mount at PGDATA and restart policy `no`; the old one is kept, renamed. The old data is not touched. Refused unless this agent's own journal holds a passed verification of that directory.",
  class: "change",
  args: z.strictObject({ cluster: PostgresTarget, directory: ReadPath.describe("The new data directory.") }),
  example: { cluster: EXAMPLE_CLUSTER, directory: "/mnt/pgdata/data" },
  result: z.object({
    was_directory: z.string(),
    now_directory: z.string(),
    kept: z.string().describe("plain: the kept copy of the configuration. docker: the name of the kept container."),
    restart_policy: z.string(),
  }),
  undo: "`postgres.pointBack` with the same directory puts the configuration or the container back as it was.",
  afterCancel:
    "The old configuration or the new one, never half of one. A container may be there only under the name that it is kept by: a retry goes on from there, `postgres.pointBack` goes back.",
  tools: { docker: "docker.io" },
  secrets: [],
});

/** `postgres.pointBack`. */
export const postgresPointBack = defineAction({
  name: "postgres.pointBack",
  title: "Point PostgreSQL back at the old directory",
  about: "Puts back what `postgres.pointAt` kept. Where nothing was changed, or it is back already, that is a success.",
  class: "safe",
  args: z.strictObject({
    cluster: PostgresTarget,
    directory: ReadPath.describe("The data directory that `postgres.pointAt` was given."),
  }),
  example: { cluster: EXAMPLE_CLUSTER, directory: "/var/lib/postgresql/17/main" },
  result: z.object({ now_directory: z.string(), changed: z.boolean(), restart_policy: z.string() }),
  tools: { docker: "docker.io" },
  secrets: [],
});
