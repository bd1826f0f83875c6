import { join } from "node:path";
import type { Config } from "./config.ts";
import { startEmbeddedPostgres } from "./db/embeddedPostgres.ts";
import type { Log } from "./log.ts";

/** Where everything is kept: addresses for the app and for the owner of the tables. */
export interface Store {
  readonly appUrl: string;
  readonly ownerUrl: string;
  /** The role that Slackwater runs as; absent when it is the owner itself. */
  readonly appRole?: string;
  /** Lets go: the embedded server ends with its last user. Close your own connections first. */
  close(): Promise<void>;
}

/** The role that the embedded server's app address names (server/db/embedded/roles.ts). */
const EMBEDDED_APP_ROLE = "slackwater_app";

/**
 * Opens the database of DATABASE_URL, or the embedded one: starts it, or takes hold of the one that runs. `onLost` is called when the
 * embedded one died and can't be started again.
 */
export async function openStore(
  config: Pick<Config, "database" | "stateDirectory">,
  log: Log,
  onLost?: () => void,
): Promise<Store> {
  if (config.database) return { ...config.database, close: async () => {} };
  const directory = join(config.stateDirectory, "postgres");
  const embedded = await startEmbeddedPostgres({ directory, log, ...(onLost === undefined ? {} : { onLost }) });
  return {
    appUrl: embedded.appUrl,
    ownerUrl: embedded.ownerUrl,
    appRole: EMBEDDED_APP_ROLE,
    close: async () => void (await embedded.stop()),
  };
}
