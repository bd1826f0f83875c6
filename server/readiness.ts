import type pg from "pg";
import { isDatabaseAway } from "./db/databaseAway.ts";
import { migrationsNow } from "./db/migrationsNow.ts";

/** Whether this process can serve people, or why not, each reason a sentence. */
export interface Readiness {
  readonly ready: boolean;
  readonly because: readonly string[];
}

/** How long the database may take (ms). */
const WITHIN_MS = 3_000;
/** Nobody who asks in a circle asks the database more often than this (ms). */
const SAME_FOR_MS = 1_000;

/** Looks whether Postgres answers and has just the schema of this version. */
export function createReadiness(pool: pg.Pool): () => Promise<Readiness> {
  let looked: { readonly atMs: number; readonly answer: Promise<Readiness> } | undefined;
  return () => {
    if (looked === undefined || performance.now() - looked.atMs > SAME_FOR_MS) {
      looked = { atMs: performance.now(), answer: look(pool) };
    }
    return looked.answer;
  };
}

async function look(pool: pg.Pool): Promise<Readiness> {
  const late = Promise.withResolvers<Readiness>();
  const timer = setTimeout(
    () => late.resolve({ ready: false, because: [`The database does not answer within ${WITHIN_MS / 1000} s.`] }),
    WITHIN_MS,
  );
  try {
    return await Promise.race([compare(pool), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function compare(pool: pg.Pool): Promise<Readiness> {
  try {
    const { missing, unknown } = await migrationsNow(pool);
    const because = [
      ...missing.map((name) => `The database lacks the migration ${name}. Restart this process: it applies it.`),
      ...unknown.map(
        (name) => `The database has the migration ${name}, which this version does not know. Start the newer version.`,
      ),
    ];
    return { ready: because.length === 0, because };
  } catch (error) {
    const words = isDatabaseAway(error) ? "The database does not answer." : "The database does not say what it has.";
    return { ready: false, because: [words] };
  }
}
