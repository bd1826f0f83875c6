import { z } from "zod";
import { ContainerOrNone, ReadPathOrNone, WholeNumber, WritePathOrNone } from "./argument.ts";
import { role } from "./roles.ts";

/** A name as PostgreSQL and the system take it. No program can be given one with a NUL in it. */
const name = z
  .string()
  .max(63)
  .regex(/^[^\0]*$/, "a name without NUL");

export const PostgresTarget = z
  .strictObject({
    kind: z.enum(["plain", "docker"]).describe("plain: a cluster of the host's own. docker: one in a container."),
    container: ContainerOrNone.default("").describe("docker: name of the container. plain: empty."),
    binDir: ReadPathOrNone.default("").describe(
      "plain: folder of the matching major version's programs (pg_ctl, pg_dump, psql, pg_controldata). docker: empty, those in the image.",
    ),
    dataDir: ReadPathOrNone.default("").describe(
      "plain: the data directory. docker: empty means what `docker inspect` says of the mount at PGDATA.",
    ),
    configFile: WritePathOrNone.default("").describe(
      "plain: the configuration file that names `data_directory`; it lies outside the data directory, and its folder is what `pg_ctl -D` is given. docker: empty.",
    ),
    logFile: WritePathOrNone.default("").describe("plain: the server's log file. docker: empty, the container's log."),
    socketDir: ReadPathOrNone.default("").describe(
      "plain: folder of the Unix socket; empty means 127.0.0.1. docker: empty, through the container.",
    ),
    port: WholeNumber.pipe(z.int().min(1).max(65_535)).default(5432).describe("Port that the server listens on."),
    database: name.min(1).meta(role("database")).describe("Name of the database that is looked at."),
    user: name.min(1).describe("A superuser of the cluster."),
    osUser: name.default("").describe("plain: the account that the server runs as. docker: empty, the image's."),
    passwordFile: ReadPathOrNone.default("").describe(
      "File on the host that holds the user's password, one line; empty where none is asked (peer, trust).",
    ),
  })
  .superRefine((target, context) => {
    const needed: readonly (keyof typeof target)[] =
      target.kind === "docker" ? ["container"] : ["binDir", "dataDir", "configFile", "osUser"];
    for (const key of needed) {
      if (target[key] === "")
        context.addIssue({ code: "custom", path: [key], message: `needed when kind is ${target.kind}` });
    }
  })
  .meta({
    title: "PostgreSQL cluster",
    description: "The cluster: where it runs, where its files lie, and who asks it.",
  });
/** A PostgreSQL cluster on a host: a plain one of the system's, or one in a Docker container. */
export type PostgresTarget = z.infer<typeof PostgresTarget>;

/** The cluster of the examples in the documentation: Debian's own. */
export const EXAMPLE_CLUSTER: z.input<typeof PostgresTarget> = {
  kind: "plain",
  binDir: "/usr/lib/postgresql/17/bin",
  dataDir: "/var/lib/postgresql/17/main",
  configFile: "/etc/postgresql/17/main/postgresql.conf",
  socketDir: "/var/run/postgresql",
  database: "app",
  user: "postgres",
  osUser: "postgres",
};

const label = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, "a lower-case word")
  .describe("What its rows are called in the result.");
/** Name of a table, in the schema public where none is named. */
export const TableName = z
  .string()
  .regex(/^[a-z_][a-z0-9_$]*(\.[a-z_][a-z0-9_$]*)?$/i, "a table, or schema.table")
  .describe("The table, or schema.table.");

export const CountedTable = z
  .strictObject({
    label,
    table: TableName,
    where: z.string().max(1000).default("").describe("A condition in SQL; it is run in a read-only transaction."),
  })
  .meta({ title: "Counted table" });
export type CountedTable = z.infer<typeof CountedTable>;

/** Reads `operations; snapshots: user_sync_state where snapshot_data is not null`; undefined where it is no such list. */
export function parseCountedTables(text: string): CountedTable[] | undefined {
  const tables: CountedTable[] = [];
  for (const item of text
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "")) {
    const match = /^(?:([a-z][a-z0-9_]*)\s*:\s*)?([A-Za-z_][A-Za-z0-9_$.]*)(?:\s+where\s+(.+))?$/is.exec(item);
    const table = match?.[2] ?? "";
    const parsed = CountedTable.safeParse({
      label: match?.[1] ?? table.replaceAll(".", "_").toLowerCase(),
      table,
      where: match?.[3]?.trim() ?? "",
    });
    if (!parsed.success) return undefined;
    tables.push(parsed.data);
  }
  const labels = new Set(tables.map((table) => table.label));
  return tables.length > 0 && labels.size === tables.length ? tables : undefined;
}

/** Tables to count: a list, or one text as a parameter holds it (see `parseCountedTables`). */
export const CountedTables = z
  .union([
    z.array(CountedTable).min(1).max(200),
    z
      .string()
      .max(8000)
      .transform((text, context) => {
        const tables = parseCountedTables(text);
        if (tables !== undefined) return tables;
        context.addIssue({
          code: "custom",
          message: "tables with semicolons between, each `label: table where condition`",
        });
        return z.NEVER;
      }),
  ])
  .describe(
    "The tables that are counted: a list, or one text with semicolons between, each `label: table where condition`.",
  );

/** How many rows each counted table has. */
export const RowsByLabel = z.record(z.string().max(63), z.int().min(0)).describe("Exact rows by label.");
export type RowsByLabel = z.infer<typeof RowsByLabel>;

/** A session as pg_stat_activity showed it. */
export const SessionSeen = z.object({
  pid: z.int(),
  user: z.string(),
  database: z.string(),
  application: z.string(),
  state: z.string(),
});
export type SessionSeen = z.infer<typeof SessionSeen>;
