import { openDatabase } from "../db/client.ts";
import { compileStored } from "../db/compileText.ts";
import type { LogReader } from "../db/logReader.ts";
import { createLogReader } from "../db/logReader.ts";
import type { PrismaClient } from "../db/prisma.ts";
import type { RunReader } from "../db/runReader.ts";
import { createRunReader } from "../db/runReader.ts";
import type { SignedIn } from "./actor.ts";
import type { Auth } from "./auth.ts";
import { createAuth } from "./auth.ts";
import { personOf } from "./session.ts";
import type { Settings } from "./settings.ts";
import { readSettings } from "./settings.ts";

export { isDatabaseAway, isDatabaseFull } from "../db/databaseAway.ts";

/** What every web route works with: the database, the sessions, the settings. */
export interface House {
  readonly prisma: PrismaClient;
  readonly pool: ReturnType<typeof openDatabase>["pool"];
  readonly auth: Auth;
  readonly settings: Settings;
  /** Folds runs from their logs and remembers where it got to. */
  readonly runs: RunReader;
  /** Whole logs, remembered likewise. */
  readonly logs: LogReader;
}

// Next may load a module several times in one process; the pool must exist once, so it hangs on globalThis. The engine has its own.
declare global {
  var slackwaterHouse: House | undefined;
}

/** Opens the house at the first request, so that a build needs no database. */
export function house(): House {
  if (!globalThis.slackwaterHouse) {
    const settings = readSettings(process.env);
    const { prisma, pool } = openDatabase(settings.databaseUrl, { poolSize: 5, applicationName: "slackwater web" });
    globalThis.slackwaterHouse = {
      prisma,
      pool,
      settings,
      auth: createAuth(prisma, settings),
      runs: createRunReader(pool, compileStored),
      logs: createLogReader(pool),
    };
  }
  return globalThis.slackwaterHouse;
}

/** The person who asks, or undefined. */
export async function whoAsks(request: Request): Promise<SignedIn | undefined> {
  const { auth, pool } = house();
  try {
    return await personOf(auth, request.headers);
  } catch (error) {
    // better-auth keeps to itself why a session could not be read: a database that is away says so when it is asked.
    await pool.query("select 1");
    throw error;
  }
}
