import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config, Environment } from "../config.ts";
import { addressOf, readConfig } from "../config.ts";
import type { Database } from "../db/client.ts";
import { openDatabase } from "../db/client.ts";
import type { Store } from "../store.ts";
import { openStore } from "../store.ts";

/** The database of a server, whether that server runs now or not. */
export interface Records {
  readonly db: Database;
  readonly store: Store;
  readonly config: Config;
  /** The address that people type. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Opens the database of DATABASE_URL, or the embedded one of a state directory.
 *
 * @param how `state` goes before STATE_DIRECTORY. Unless `mayMake`, a directory without a database is refused: a slip of the pen
 * must not make an empty one and look into that.
 * @throws Error in words
 */
export async function openRecords(how: {
  readonly environment: Environment;
  readonly state: string | undefined;
  readonly mayMake: boolean;
  readonly purpose: string;
}): Promise<Records> {
  const { environment, state, mayMake, purpose } = how;
  const config = readConfig(state === undefined ? environment : { ...environment, STATE_DIRECTORY: state }, []);
  if (state !== undefined && config.database !== undefined) {
    throw new Error("DATABASE_URL is set, so there is no state directory with a database. Leave one of the two out.");
  }
  if (!mayMake && config.database === undefined && !existsSync(join(config.stateDirectory, "postgres"))) {
    throw new Error(
      `There is no database of Slackwater in ${config.stateDirectory}. Say where it is: --state <folder>`,
    );
  }
  const store = await openStore(config, () => {});
  const db = openDatabase(store.appUrl, { poolSize: 1, applicationName: `slackwater ${purpose}` });
  return {
    ...{ db, store, config, url: addressOf(config, config.port) },
    async close() {
      await db.close();
      await store.close();
    },
  };
}
