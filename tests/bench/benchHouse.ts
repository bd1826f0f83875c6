import { readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { openDatabase } from "../../server/db/client.ts";
import { createAuth } from "../../server/identity/auth.ts";
import { addPerson } from "../../server/identity/people.ts";
import { readSettings } from "../../server/identity/settings.ts";
import type { ServerProcess } from "../support/serverProcess.ts";
import { freePort, startServerProcess } from "../support/serverProcess.ts";
import type { BenchDatabase } from "./benchDatabase.ts";

/** The whole server in a process of its own (without pages), and somebody who is signed in. */
export interface BenchHouse {
  readonly server: ServerProcess;
  readonly pool: pg.Pool;
  /** The server's public key, as agents pin it. */
  readonly cookie: string;
  readonly state: string;
  close(): Promise<void>;
}

/** Starts it on a database. */
export async function openBenchHouse({ appUrl, ownerUrl, folder }: BenchDatabase): Promise<BenchHouse> {
  const port = String(await freePort());
  const url = `http://localhost:${port}`;
  const state = join(folder, "state");
  const server = await startServerProcess({
    PORT: port,
    APP_URL: url,
    DATABASE_URL: appUrl,
    DATABASE_OWNER_URL: ownerUrl,
    STATE_DIRECTORY: state,
  });
  const db = openDatabase(appUrl, { poolSize: 2 });
  const settings = readSettings({
    ...process.env,
    SLACKWATER_APP_URL: url,
    SLACKWATER_DATABASE_URL: appUrl,
    SLACKWATER_SESSION_SECRET: readFileSync(join(state, "session-secret"), "utf8").trim(),
    SLACKWATER_STATE_DIRECTORY: state,
    SLACKWATER_SERVER_KEY: "unused",
  });
  const auth = createAuth(db.prisma, settings);
  const person = { name: "Watcher", email: "watcher@example.org", password: "a long enough word" };
  await addPerson(auth, { ...person, role: "viewer", groups: [] });
  const { email, password } = person;
  const signedIn = await auth.api.signInEmail({ body: { email, password }, asResponse: true });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((set) => set.split(";", 1)[0])
    .join("; ");
  return {
    ...{ server, pool: db.pool, cookie, state },
    async close() {
      await db.close();
      await server.stop();
    },
  };
}
