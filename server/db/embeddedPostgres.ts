import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseFailure } from "./databaseFailure.ts";
import type { Secrets } from "./embedded/cluster.ts";
import { ensureCluster } from "./embedded/cluster.ts";
import type { Holder } from "./embedded/holder.ts";
import { takeHold } from "./embedded/holder.ts";
import type { Place } from "./embedded/place.ts";
import { choosePlace } from "./embedded/place.ts";
import type { Postmaster } from "./embedded/postmaster.ts";
import { startPostmaster, stopPostmaster } from "./embedded/postmaster.ts";
import { ensureRoles, urlFor } from "./embedded/roles.ts";

/** What became of the server when this instance let go of it. */
export type StopOutcome = "stopped" | "left running for others";

/** A running embedded server that this instance holds. The addresses stay true for as long as it does. */
export interface EmbeddedPostgres {
  /** For running Slackwater: rows may be written, events only added. */
  readonly appUrl: string;
  /** For migrating: owns the tables. */
  readonly ownerUrl: string;
  /** The cluster's superuser in its `postgres` database: only for making databases (tests, shadow databases). */
  readonly adminUrl: string;
  /** Was it running already, left by a killed instance or shared with another one? */
  readonly adopted: boolean;
  readonly pid: number;
  /** Lets go; the last instance to do so ends the server. Close your own connections first. */
  stop(): Promise<StopOutcome>;
}

export interface EmbeddedPostgresOptions {
  /** Where the cluster lives; made when missing. Never a folder that two hosts share. */
  readonly directory: string;
  readonly log: (line: string) => void;
  /** Told when a server that died can't be started again at its address: there is no way on but to end the process. */
  readonly onLost?: () => void;
  /** Server settings by name, on top of the safe defaults. Only heeded by the instance that starts the server. */
  readonly settings?: Readonly<Record<string, string>>;
}

const ATTEMPTS = 20;
const PAUSE_MS = 150;

/**
 * Brings up Slackwater's own PostgreSQL: makes the cluster at the first start, adopts a server that is running on it
 * (a killed instance leaves one), or starts one. Two instances on one directory share one server. If the server dies
 * under us it is started again on the same port.
 *
 * @throws DatabaseFailure when it can't; the message says what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { directory, log, settings = {} } = options;
  const place = choosePlace(directory, log);
  const secrets = ensureCluster(place, log);
  let held = await startAndHold(place, secrets, settings);
  const { port } = held.postmaster;
  log(`${held.adopted ? "adopted the running" : "started"} PostgreSQL, pid ${held.postmaster.pid}, port ${port}`);

  let stopping = false;
  let recovering: Promise<void> | undefined;
  const recover = async (): Promise<void> => {
    log("PostgreSQL went away; starting it again");
    held = await startAndHold(place, secrets, settings, port);
    log(`PostgreSQL is back, pid ${held.postmaster.pid}`);
  };
  const watch = async (): Promise<void> => {
    for (;;) {
      await held.holder.lost;
      if (stopping) return;
      recovering = recover();
      await recovering;
    }
  };
  const watching = watch().catch((error: unknown) => {
    log(`PostgreSQL can't be started again: ${error instanceof Error ? error.message : String(error)}`);
    options.onLost?.();
  });

  return {
    appUrl: urlFor("app", secrets, port),
    ownerUrl: urlFor("owner", secrets, port),
    adminUrl: urlFor("admin", secrets, port, "postgres"),
    adopted: held.adopted,
    get pid() {
      return held.postmaster.pid;
    },
    stop: async () => {
      stopping = true;
      await recovering?.catch(() => {}); // a server that is just coming back is stopped too
      const { holder, postmaster } = held;
      const isLast = await holder.releaseAndAskIfLast().catch(() => true);
      if (isLast) await stopPostmaster(place, postmaster.pid);
      await holder.close();
      await watching;
      return isLast ? "stopped" : "left running for others";
    },
  };
}

interface Held {
  readonly postmaster: Postmaster;
  readonly adopted: boolean;
  readonly holder: Holder;
}

/** Starts or adopts, and takes hold; begins again when the server was stopped by its last user in between. */
async function startAndHold(
  place: Place,
  secrets: Secrets,
  settings: Readonly<Record<string, string>>,
  port?: number,
): Promise<Held> {
  let trouble: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { postmaster, adopted } = await startPostmaster(place, settings, port);
    let holder: Holder | undefined;
    try {
      holder = await takeHold(urlFor("admin", secrets, postmaster.port, "postgres"));
      await ensureRoles(holder.client, secrets);
      return { postmaster, adopted, holder };
    } catch (error) {
      trouble = error;
      await holder?.close();
      await sleep(PAUSE_MS);
    }
  }
  throw new DatabaseFailure("startFailed", `PostgreSQL runs but can't be used: ${String(trouble)}`, { cause: trouble });
}
