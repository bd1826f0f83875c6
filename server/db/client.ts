import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "../../generated/prisma/client.ts";

/** One connection pool with its Prisma client; both speak to the database as the role in the address. */
export interface Database {
  /** For what Prisma can't say: LISTEN, advisory locks, skip locked. bigint columns arrive as text. */
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  /** Waits for queries in flight, then ends every connection. Safe to call twice. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Most connections at a time. Next and the engine have a pool each, so that the sum must fit max_connections. */
  readonly poolSize: number;
  /** Shown in pg_stat_activity: `slackwater web`, `slackwater engine`. */
  readonly applicationName?: string;
  /** Told of connections that break while nobody uses them; the pool replaces them by itself. */
  readonly log?: (line: string) => void;
}

/**
 * Opens a database. Nothing is connected before the first query, so that building the app needs no database; nothing is
 * read from the environment, so that the caller decides which database it is.
 */
export function openDatabase(url: string, options: DatabaseOptions): Database {
  const { poolSize, applicationName = "slackwater", log = () => {} } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    application_name: applicationName,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  });
  // Without a listener an idle connection that breaks (the server restarts) would end the process.
  pool.on("error", (error) => log(`a database connection broke: ${error.message}`));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) });
  let closing: Promise<void> | undefined;
  return {
    pool,
    prisma,
    close: () => {
      closing ??= prisma.$disconnect().then(() => pool.end());
      return closing;
    },
  };
}
