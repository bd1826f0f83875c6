import type { Server } from "node:http";
import { readConfig } from "../../server/config.ts";
import { startCore } from "../../server/core.ts";
import { compileStored } from "../../server/db/compileText.ts";
import { createLogReader } from "../../server/db/logReader.ts";
import { createRunReader } from "../../server/db/runReader.ts";
import { createEnrolment } from "../../server/hosts/commands.ts";
import { createAuth } from "../../server/identity/auth.ts";
import { readSettings, siteOf } from "../../server/identity/settings.ts";
import { listen } from "../../server/listening.ts";
import { caFiles, openState } from "../../server/stateFiles.ts";
import { openServerIdentity } from "../../server/tls/identity.ts";
import { serveApiRoutes } from "./apiRoutes.ts";
import type { useTestDatabase } from "./database.ts";

/** A server that speaks TLS by its own authority, with gateways and the API's routes: what start.ts composes, without Next. */
export interface TlsHouse {
  /** `https://localhost:…` */
  readonly url: string;
  readonly port: number;
  /** The authority's certificate, PEM. */
  readonly ca: string;
  /** What hosts pin. */
  readonly pin: string;
  /** What came in after the handshake: paths of requests and of upgrades. */
  readonly asked: readonly string[];
  /** A token as the Hosts page makes it. */
  token(hostName: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts one on a state directory, whose authority is made where there is none. */
export async function startTlsHouse(
  database: ReturnType<typeof useTestDatabase>,
  stateDirectory: string,
  port = 0,
): Promise<TlsHouse> {
  const config = readConfig({ PORT: String(port), STATE_DIRECTORY: stateDirectory, TLS_LOCAL_CA: "1" }, ["--no-web"]);
  const http = await listen(config);
  const url = `https://localhost:${http.port}`;
  const { signer, sessionSecret } = openState(stateDirectory);
  const log: string[] = [];
  const identity = await openServerIdentity({
    source: config.tls,
    names: ["localhost"],
    stateDirectory,
    files: caFiles(stateDirectory),
    changed: () => {},
    now: Date.now,
    log: (line) => log.push(line),
  });
  const pin = identity.pin() ?? "";
  const settings = readSettings({
    NODE_ENV: "test",
    SLACKWATER_APP_URL: url,
    SLACKWATER_DATABASE_URL: database.appUrl,
    SLACKWATER_SESSION_SECRET: sessionSecret,
    SLACKWATER_STATE_DIRECTORY: stateDirectory,
    SLACKWATER_SERVER_KEY: signer.publicKey,
    SLACKWATER_TLS_PIN: pin,
  });
  const { prisma, pool } = database.db;
  const core = await startCore({
    databaseUrl: database.appUrl,
    poolSize: 4,
    httpServer: http.server,
    signer,
    site: siteOf(settings),
    personOf: async () => undefined,
    leaseMs: 1_500,
    now: Date.now,
    log: (line) => log.push(line),
  });
  const asked = watchRequests(http.server);
  const routes = serveApiRoutes();
  http.serve((request, response) => {
    // The routes read one house a process; two servers of a test take turns.
    const auth = createAuth(prisma, settings);
    const [runs, logs] = [createRunReader(pool, compileStored), createLogReader(pool)];
    globalThis.slackwaterHouse = { prisma, pool, settings, auth, runs, logs };
    routes(request, response);
  });
  const material = identity.material();
  if (material) http.show(material);
  const actor = { userId: "ada", name: "Ada", email: "ada@example.org", role: "admin", groups: [] } as const;
  return {
    ...{ url, port: http.port, ca: identity.caCertificate ?? "", pin, asked },
    token: async (hostName) => (await createEnrolment(prisma, settings, actor, hostName)).token,
    async close() {
      globalThis.slackwaterHouse = undefined;
      await core.close();
      await http.close();
      identity.close();
    },
  };
}

function watchRequests(server: Server): readonly string[] {
  const asked: string[] = [];
  server.on("request", (request) => asked.push(request.url ?? ""));
  server.on("upgrade", (request) => asked.push(request.url ?? ""));
  return asked;
}
