import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll } from "vitest";
import type { Role } from "../../domain/run/actor.ts";
import { compileStored } from "../../server/db/compileText.ts";
import { createLogReader } from "../../server/db/logReader.ts";
import { createRunReader } from "../../server/db/runReader.ts";
import { createAuth } from "../../server/identity/auth.ts";
import { addPerson } from "../../server/identity/people.ts";
import { readSettings } from "../../server/identity/settings.ts";
import { serveApiRoutes } from "./apiRoutes.ts";
import type { useTestDatabase } from "./database.ts";

export const PASSWORD = "a password of this test";

/** An answer, read. */
export interface Said {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text, read as JSON. */
  json<Answer>(): Answer;
}

/** Asks one address; a body that is no string is sent as JSON. */
export type Ask = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Said>;

/** One who asks an API's address with these headers. */
export function asker(url: string, always: Readonly<Record<string, string>>): Ask {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { "content-type": "application/json", ...always, ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
  };
}

/** The API on a test's database: its routes in this process, people who sign in, and processes of their own with the same routes. */
export function useApi(
  database: ReturnType<typeof useTestDatabase>,
  people: Readonly<Record<string, { readonly role: Role; readonly groups?: readonly string[] }>>,
) {
  let url = "";
  let settings: Record<string, string> = {};
  const endings: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const { prisma, pool } = database.db;
    const server = createServer(serveApiRoutes()).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://localhost:${(server.address() as AddressInfo).port}`;
    settings = {
      SLACKWATER_APP_URL: url,
      SLACKWATER_DATABASE_URL: database.appUrl,
      SLACKWATER_SESSION_SECRET: "a secret of this test, and of nothing else",
      SLACKWATER_STATE_DIRECTORY: "unused",
      SLACKWATER_SERVER_KEY: "unused",
    };
    const read = readSettings({ NODE_ENV: "test", ...settings });
    const auth = createAuth(prisma, read);
    const runs = createRunReader(pool, compileStored);
    globalThis.slackwaterHouse = { prisma, pool, settings: read, auth, runs, logs: createLogReader(pool) };
    for (const [name, { role, groups = [] }] of Object.entries(people)) {
      await addPerson(auth, { name, email: `${name}@example.org`, password: PASSWORD, role, groups });
    }
    endings.push(async () => {
      globalThis.slackwaterHouse = undefined;
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    });
  });
  afterAll(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  return {
    get url() {
      return url;
    },
    /** Signs in; the person of a page. */
    async as(name: string): Promise<Ask> {
      const origin = { origin: url };
      const credentials = { email: `${name}@example.org`, password: PASSWORD };
      const signedIn = await asker(url, origin)("POST", "/api/auth/sign-in/email", credentials);
      if (signedIn.status !== 200) throw new Error(signedIn.text);
      const cookie = signedIn.headers.getSetCookie().map((set) => set.split(";", 1)[0]);
      return asker(url, { ...origin, cookie: cookie.join("; ") });
    },
    /** A script with a token, at this process's address or another's. */
    script: (token: string, at = url): Ask => asker(at, { authorization: `Bearer ${token}` }),
    /** The same routes in a process of its own. */
    async startProcess() {
      const { PATH = "", SLACKWATER_TEST_RUN } = process.env;
      const program = join(import.meta.dirname, "programs", "serveApi.ts");
      const marked = SLACKWATER_TEST_RUN === undefined ? {} : { SLACKWATER_TEST_RUN };
      const child = spawn(process.execPath, [program], {
        env: { PATH, NODE_ENV: "test", ...marked, ...settings },
        stdio: ["pipe", "pipe", "inherit"],
      });
      const exited = once(child, "exit");
      const [line] = await once(createInterface({ input: child.stdout }), "line");
      const end = async (signal: "SIGKILL" | "SIGTERM") => {
        if (child.exitCode === null && child.signalCode === null) child.kill(signal);
        await exited;
      };
      endings.push(() => end("SIGKILL"));
      return { url: JSON.parse(line).url as string, kill: () => end("SIGKILL") };
    },
  };
}
