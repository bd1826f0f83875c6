import { randomUUID } from "node:crypto";
import type {
  ColumnType,
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
  SqlQuery,
} from "@prisma/driver-adapter-utils";
import { ColumnTypeEnum, DriverAdapterError } from "@prisma/driver-adapter-utils";
import pg from "pg";

// Not @prisma/adapter-pg, which is made for queries: it splits a migration at every ";" (breaking functions), refuses the
// "char" columns of pg_catalog, and its shadow database is the main one when it was given a connection string.

/** Catalogue types that the schema engine reads, by their number in pg_type. */
const COLUMN_TYPES: ReadonlyMap<number, ColumnType> = new Map([
  [16, ColumnTypeEnum.Boolean],
  [18, ColumnTypeEnum.Character], // "char", one byte
  [19, ColumnTypeEnum.Text], // name
  [20, ColumnTypeEnum.Int64],
  [21, ColumnTypeEnum.Int32],
  [23, ColumnTypeEnum.Int32],
  [25, ColumnTypeEnum.Text],
  [26, ColumnTypeEnum.Int64], // oid
  [700, ColumnTypeEnum.Float],
  [701, ColumnTypeEnum.Double],
  [1002, ColumnTypeEnum.CharacterArray],
  [1003, ColumnTypeEnum.TextArray], // name[]
  [1005, ColumnTypeEnum.Int32Array],
  [1007, ColumnTypeEnum.Int32Array],
  [1009, ColumnTypeEnum.TextArray],
  [1015, ColumnTypeEnum.TextArray],
  [1043, ColumnTypeEnum.Text],
  [1700, ColumnTypeEnum.Numeric],
]);

/** What the schema engine connects through; `close` drops every database that was made for it. */
export interface ScratchConnections extends SqlMigrationAwareDriverAdapterFactory {
  close(): Promise<void>;
}

/** Lets the schema engine work in databases of its own making on a scratch server; it never sees a database of ours. */
export function scratchConnections(adminUrl: string): ScratchConnections {
  // The engine does not close its main connection by itself.
  const open: SqlDriverAdapter[] = [];
  const connect = async () => {
    const connection = await connectToNewDatabase(adminUrl);
    open.push(connection);
    return connection;
  };
  return {
    provider: "postgres",
    adapterName: "slackwater-scratch",
    connect,
    connectToShadowDb: connect,
    close: async () => {
      for (const connection of open) await connection.dispose();
    },
  };
}

async function connectToNewDatabase(adminUrl: string): Promise<SqlDriverAdapter> {
  const name = `scratch_${randomUUID().replaceAll("-", "")}`;
  await once(adminUrl, `create database ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  let disposing: Promise<void> | undefined;
  return {
    provider: "postgres",
    adapterName: "slackwater-scratch",
    getConnectionInfo: () => ({ schemaName: "public", supportsRelationJoins: true }),
    queryRaw: (query) => explaining(() => readRows(client, query)),
    executeRaw: (query) => explaining(async () => (await client.query(query.sql, query.args)).rowCount ?? 0),
    executeScript: (script) => explaining(async () => void (await client.query(script))),
    startTransaction: () => Promise.reject(new Error("migrations are applied by server/db/applyMigrations.ts")),
    dispose: async () => {
      disposing ??= client.end().then(() => once(adminUrl, `drop database if exists ${name} with (force)`));
      await disposing;
    },
  };
}

async function readRows(client: pg.Client, query: SqlQuery) {
  const result = await client.query<unknown[]>({ text: query.sql, values: query.args, rowMode: "array" });
  const columnTypes = result.fields.map((field) => {
    const type = COLUMN_TYPES.get(field.dataTypeID);
    if (type === undefined)
      throw new Error(`column ${field.name} has type ${field.dataTypeID}: add it to COLUMN_TYPES`);
    return type;
  });
  return { columnNames: result.fields.map((field) => field.name), columnTypes, rows: result.rows };
}

/** Puts an error of the database into the shape that the engine understands. */
async function explaining<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    const { code = "", severity = "ERROR", message, detail, column, hint } = error;
    throw new DriverAdapterError({ kind: "postgres", code, severity, message, detail, column, hint });
  }
}

async function once(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
