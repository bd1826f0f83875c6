import { z } from "zod";
import { ContainerOrNone, ReadPathOrNone, WholeNumber, WritePathOrNone } from "./argument.ts";
import { role } from "./roles.ts";

export const PostgresTarget = z
  .strictObject({
    kind: z.enum(["plain", "docker"]),
    /** docker: name of the container. plain: empty. */
    container: ContainerOrNone.default(""),
    /** plain: folder of the matching major version's programs (pg_ctl, pg_dump, psql, pg_controldata). docker: empty, those in the image. */
    binDir: ReadPathOrNone.default(""),
    /** plain: the data directory. docker: empty means what `docker inspect` says of the mount at PGDATA. */
    dataDir: ReadPathOrNone.default(""),
    /** plain: the configuration file that names `data_directory`; it lies outside the data directory, and its folder is what `pg_ctl -D` is given. docker: empty. */
    configFile: WritePathOrNone.default(""),
    /** plain: the server's log file. docker: empty, the container's log. */
    logFile: WritePathOrNone.default(""),
    /** plain: folder of the Unix socket; empty means 127.0.0.1. docker: empty, through the container. */
    socketDir: ReadPathOrNone.default(""),
    port: WholeNumber.pipe(z.int().min(1).max(65_535)).default(5432),
    database: z.string().min(1).max(63).meta(role("database")),
    /** A superuser of the cluster. */
    user: z.string().min(1).max(63),
    /** plain: the account that the server runs as. docker: empty, the image's. */
    osUser: z.string().max(63).default(""),
    /** File on the host that holds the user's password, one line; empty where none is asked (peer, trust). */
    passwordFile: ReadPathOrNone.default(""),
  })
  .superRefine((target, context) => {
    const needed: readonly (keyof typeof target)[] =
      target.kind === "docker" ? ["container"] : ["binDir", "dataDir", "configFile", "osUser"];
    for (const key of needed) {
      if (target[key] === "")
        context.addIssue({ code: "custom", path: [key], message: `needed when kind is ${target.kind}` });
    }
  });
/** A PostgreSQL cluster on a host: a plain one of the system's, or one in a Docker container. */
export type PostgresTarget = z.infer<typeof PostgresTarget>;

const label = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, "a lower-case word");
/** Name of a table, in the schema public where none is named. */
export const TableName = z.string().regex(/^[a-z_][a-z0-9_$]*(\.[a-z_][a-z0-9_$]*)?$/i, "a table, or schema.table");

export const CountedTable = z.strictObject({
  label,
  table: TableName,
  /** A condition in SQL; it is run in a read-only transaction. */
  where: z.string().max(1000).default(""),
});
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
export const CountedTables = z.union([
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
]);

/** Exact rows by label. */
export const RowsByLabel = z.record(z.string().max(63), z.int().min(0));
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
