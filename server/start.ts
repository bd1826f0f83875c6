import type { RequestListener } from "node:http";
import { isIP } from "node:net";
import { askOurselves, isOurOwn } from "./askOurselves.ts";
import { createCaPage } from "./caPage.ts";
import type { Config } from "./config.ts";
import { addressOf, readConfig } from "./config.ts";
import type { Core } from "./core.ts";
import { startCore } from "./core.ts";
import { applyMigrations } from "./db/applyMigrations.ts";
import { openDatabase } from "./db/client.ts";
import { forgetOldKeys } from "./db/keyedRequests.ts";
import { prepareJobs } from "./engine/prepareJobs.ts";
import { firstAdminCommand } from "./firstAdmin.ts";
import { createAuth } from "./identity/auth.ts";
import { hasPeople } from "./identity/people.ts";
import { personOf } from "./identity/session.ts";
import { readSettings, siteOf } from "./identity/settings.ts";
import type { SettledNames } from "./identity/site.ts";
import { settleNames } from "./identity/site.ts";
import { personOfToken } from "./identity/tokens.ts";
import type { Listening } from "./listening.ts";
import { listen } from "./listening.ts";
import type { Log } from "./log.ts";
import { createLog } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { createProbes } from "./probes.ts";
import { createPublicPages } from "./publicPages.ts";
import { createReadiness } from "./readiness.ts";
import { answerRelatedOrigins } from "./relatedOrigins.ts";
import { caFiles, openState } from "./stateFiles.ts";
import { openStore } from "./store.ts";
import type { ServerIdentity } from "./tls/identity.ts";
import { openServerIdentity } from "./tls/identity.ts";
import { watchRequests } from "./watchRequests.ts";

/** A server that runs. */
export interface RunningServer {
  /** What people type. */
  readonly url: string;
  /** Resolves when its database died and can't be started again: there is no way on but to end the process. */
  readonly lost: Promise<void>;
  /** Ends connections, then the engine, then the database; the embedded one if nobody else uses it. */
  close(): Promise<void>;
}

/** What was started, to be ended in the opposite order: also when the start itself fails half-way. */
class Opened {
  readonly #ends: (() => Promise<unknown>)[] = [];

  add(end: () => Promise<unknown>): void {
    this.#ends.push(end);
  }

  async close(): Promise<void> {
    const troubles: unknown[] = [];
    for (const end of this.#ends.splice(0).reverse()) await end().catch((error: unknown) => troubles.push(error));
    if (troubles.length > 0) throw new AggregateError(troubles, troubles.map(String).join("; "));
  }
}

const ENGINE_POOL = 8;

/** Starts the whole server. Throws with a sentence for people when it can't; nothing is left running then. */
export async function startServer(environment: NodeJS.ProcessEnv, words: readonly string[]): Promise<RunningServer> {
  const config = readConfig(environment, words);
  const log = createLog(config.logFormat);
  const opened = new Opened();
  try {
    return await start(config, environment, log, opened);
  } catch (error) {
    await opened.close().catch((trouble: unknown) => log(`after the failed start: ${String(trouble)}`));
    throw error;
  }
}

async function start(config: Config, environment: NodeJS.ProcessEnv, log: Log, opened: Opened): Promise<RunningServer> {
  // The port first: somebody who starts a second server is told so before anything else is touched.
  const http = await listen(config);
  opened.add(() => http.close());
  const url = addressOf(config, http.port);
  const { signer, sessionSecret } = openState(config.stateDirectory);
  const lost = Promise.withResolvers<void>();
  const store = await openStore(config, log, lost.resolve);
  opened.add(() => store.close());
  const { appRole } = store;
  await applyMigrations(store.ownerUrl, appRole === undefined ? {} : { appRole });
  await prepareJobs(store.ownerUrl, appRole);

  const sessions = openDatabase(store.appUrl, { poolSize: 3, applicationName: "slackwater sessions", log });
  opened.add(() => sessions.close());

  // Housekeeping: a full disk must not keep the server from starting.
  await forgetOldKeys(sessions.pool).catch((error: unknown) => log(`old keys of orders are not removed: ${error}`));

  const site = await settleNames(sessions.prisma, url);
  if (site.warning !== undefined) log(site.warning);

  const identity = await showIdentity({ config, http, environment, log, hostNames: hostNamesOf(url, site) });
  opened.add(async () => identity.close());

  environment.NEXT_TELEMETRY_DISABLED ??= "1";
  // The web routes are a world of modules of their own and read these (server/identity/settings.ts).
  Object.assign(environment, {
    SLACKWATER_APP_URL: url,
    SLACKWATER_NAMES: JSON.stringify(site.names),
    SLACKWATER_DATABASE_URL: store.appUrl,
    SLACKWATER_SESSION_SECRET: sessionSecret,
    SLACKWATER_STATE_DIRECTORY: config.stateDirectory,
    SLACKWATER_SERVER_KEY: signer.publicKey,
    SLACKWATER_ALLOW_SOFTWARE_PASSKEY: config.allowSoftwarePasskey ? "1" : "0",
    SLACKWATER_FIRST_ADMIN_COMMAND: firstAdminCommand(config),
  });
  const settings = readSettings(environment);
  const auth = createAuth(sessions.prisma, settings);

  const web = config.web ? await startPages(config.dev, http.port) : undefined;
  if (web) opened.add(() => web.close());
  const publicPages = createPublicPages(askOurselves(config.host, http.port, identity.material), log);
  opened.add(async () => publicPages.close());
  const core: Core = await startCore({
    databaseUrl: store.appUrl,
    poolSize: ENGINE_POOL,
    httpServer: http.server,
    signer,
    site: siteOf(settings),
    personOf: (headers) => personOf(auth, headers),
    ...(web?.upgrade ? { otherUpgrades: web.upgrade } : {}),
    onChange: publicPages.changed,
    leaseMs: config.leaseMs,
    kept: config.kept,
    now: Date.now,
    log,
  });
  opened.add(() => core.close());
  const handle: RequestListener = web?.handle ?? ((_, response) => void response.writeHead(404).end());
  // In development pages are compiled when they are asked for, and changed by hand: there Next answers for all of them.
  const servesBytes = web !== undefined && !config.dev;
  const { caCertificate } = identity;
  const caPage = caCertificate === undefined ? undefined : createCaPage(caCertificate);
  const metrics = createMetrics(sessions.pool);
  const probes = createProbes({
    metrics,
    readiness: createReadiness(sessions.pool),
    access: config.metrics,
    personOfToken: (token) => personOfToken(sessions.prisma, token, Date.now()),
  });
  const serve: RequestListener = (request, response) => {
    if (probes(request, response)) return;
    if (caPage?.(request, response) || answerRelatedOrigins(settings.origins, request, response)) return;
    const isAnswered = servesBytes && !isOurOwn(request) && publicPages.answer(request, response);
    if (!isAnswered) handle(request, response);
  };
  http.serve(watchRequests(serve, metrics, log));
  log(`serving ${url} (listening on ${config.host}:${http.port})`);
  if (!(await hasPeople(sessions.prisma)))
    log(`nobody can sign in yet; add the first admin: ${settings.firstAdminCommand}`);
  return { url, lost: lost.promise, close: () => opened.close() };
}

/** Next takes a second to load: a server without pages does not wait for it. */
async function startPages(dev: boolean, port: number) {
  const { startWeb } = await import("./web.ts");
  return startWeb({ dev, port });
}

/** What the server's certificate has to be for, the name that people type first. Certificates and passkeys are for names, not for addresses. */
function hostNamesOf(url: string, { names }: SettledNames): readonly string[] {
  const all = [url, ...names.map(({ origin }) => origin), "https://localhost"].map((at) => new URL(at).hostname);
  return [...new Set(all.filter((name) => isIP(name.replace(/^\[|\]$/g, "")) === 0))];
}

/** Opens the server's identity for all its names and shows it, and each renewal of it; until then no TLS connection comes about. */
async function showIdentity(how: {
  readonly config: Config;
  readonly http: Listening;
  readonly environment: NodeJS.ProcessEnv;
  readonly hostNames: readonly string[];
  readonly log: Log;
}): Promise<ServerIdentity> {
  const { config, http, environment, hostNames, log } = how;
  const identity = await openServerIdentity({
    source: config.tls,
    names: hostNames,
    stateDirectory: config.stateDirectory,
    files: caFiles(config.stateDirectory),
    changed: () => show(),
    now: Date.now,
    log,
  });
  const show = (): void => {
    const material = identity.material();
    if (material) http.show(material);
    // Enrolment tokens name it (server/identity/settings.ts).
    environment.SLACKWATER_TLS_PIN = identity.pin() ?? "";
  };
  show();
  return identity;
}
