import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import { generateIdentity, identityToRecipient } from "age-encryption";
import pg from "pg";
import { agentPaths, agentYaml, mustRun, startAgentOn } from "../../../scripts/demo/agentOnHost.ts";
import { windowParameters } from "../../../scripts/demo/demoWindow.ts";
import { DEMO_PASSWORD, demoPerson } from "../../../scripts/demo/people.ts";
import type { PersonClient } from "../../../scripts/demo/personClient.ts";
import { personClient, signIn } from "../../../scripts/demo/personClient.ts";
import type { SampleState } from "../../../scripts/demo/sample/sampleState.ts";
import type { SampleHost } from "../../../scripts/demo/sampleHost.ts";
import { openSampleHost } from "../../../scripts/demo/sampleHost.ts";
import { seed } from "../../../scripts/demo/seed.ts";
import { startServerProcess } from "../../../scripts/demo/serverProcess.ts";
import { startSample } from "../../../scripts/demo/startSample.ts";
import { projectRoot } from "../../../scripts/projectFiles.ts";
import type { KillableAgent } from "../../support/killableAgent.ts";
import { killableAgent } from "../../support/killableAgent.ts";
import { openPage } from "./openPage.ts";
import { signInPage } from "./signInPage.ts";
import { noteFailures } from "./troubles.ts";
import { addVirtualAuthenticator } from "./virtualAuthenticator.ts";

/** Somebody in a browser of their own, signed in through the page, and the same session for what a browser need not repeat. */
export interface Persona {
  readonly page: Page;
  readonly client: PersonClient;
}

/** Everything of Slackwater, running: the production build, its database, the people, a sample host that really has dm-crypt, its agent. */
export interface House {
  readonly url: string;
  /** Holds everything of the server's and of a guest's. */
  readonly folder: string;
  readonly host: SampleHost;
  readonly sample: SampleState;
  readonly hostId: string;
  readonly serviceId: string;
  readonly runbookDigest: string;
  readonly people: {
    /** Plans and prepares. */
    readonly olga: Persona;
    /** Starts and drives. */
    readonly oren: Persona;
    /** Decides, on a phone, with a virtual passkey that the sample host trusts. */
    readonly anna: Persona;
    /** Copies the status text. */
    readonly sara: Persona;
    /** Watches. */
    readonly vera: Persona;
  };
  /** Whatever failed in anybody's page since the house was started: errors of scripts, and what the browser reported as one. */
  readonly troubles: readonly string[];
  /** The server's database, as the server itself uses it. */
  readonly db: pg.Pool;
  readonly agent: KillableAgent;
  /** Kills the server as it stands: every page and the agent are without it. */
  killServer(): Promise<void>;
  /** Starts it again at the same address. */
  startServer(): Promise<void>;
  /** Parameters of `luks-postgres` for the sample; each window has a volume of its own. */
  parameters(volume: string): Promise<Readonly<Record<string, string | number>>>;
  end(): Promise<void>;
}

/** Size of the sample database (bytes): with its WAL about four times that is copied, enough to be watched. */
const SAMPLE_BYTES = 20_000_000;
/** Pause between two writes of the client that never rests (ms): in a slow guest more of them leave nothing for the tasks. */
const WRITES_EVERY_MS = 1_000;
/** How long the copy is made to take (s), by its own limit of throughput: until everything has died once. */
const COPY_S = 40;

/**
 * What a browser reports when a server goes away and comes again, in whatever moment of a request or a socket: any failure of the
 * network, 503 while it starts, 400 for a session of socket.io that only the server before knew, and the script of a part of the page that
 * is first wanted just then (the part says so in its place).
 */
const SERVER_AWAY =
  /\bnet::ERR_|ChunkLoadError|^WebSocket connection to |(code:|status of) 503\b|status of 400\b.*\/socket\.io\//;
/** So long after the server is back a page may still report a try that began before (ms). */
const REPORTED_WITHIN_MS = 10_000;

/** Starts all of it. What was started ends with `end`, or when the start fails. */
export async function startHouse(browser: Browser, say: (line: string) => void): Promise<House> {
  const endings: (() => Promise<unknown>)[] = [];
  const end = async (): Promise<void> => {
    for (const stop of endings.splice(0).reverse()) await stop();
  };
  try {
    return { ...(await start(browser, endings, say)), end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function start(
  browser: Browser,
  endings: (() => Promise<unknown>)[],
  say: (line: string) => void,
): Promise<Omit<House, "end">> {
  const folder = await mkdtemp(join(tmpdir(), "slackwater-journeys-"));
  endings.push(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755); // The database's own account has to get through.
  const startServer = (port: number) =>
    startServerProcess({ root: projectRoot, stateDirectory: folder, port, allowSoftwarePasskey: false });
  let server = await startServer(0);
  endings.push(() => server.stop());
  const seeded = await seed({ root: projectRoot, serverState: join(folder, "server"), appUrl: server.url });
  endings.push(seeded.close);
  const host = await openSampleHost({ stateDirectory: folder, serverPort: server.port, shares: [], say });
  endings.push(host.remove);

  const troubles: string[] = [];
  let awayUntil = 0;
  const isAway = (text: string) => Date.now() < awayUntil && SERVER_AWAY.test(text);
  const enter = async (role: Parameters<typeof demoPerson>[0], index: number, options: BrowserContextOptions = {}) => {
    const persona = await enterAs(browser, server.url, demoPerson(role, index), options, endings);
    noteFailures(persona.page, persona.client.name, troubles, isAway);
    return persona;
  };
  const [sample, people] = await Promise.all([
    startSample(host, projectRoot, { sizeBytes: SAMPLE_BYTES, writeEveryMs: WRITES_EVERY_MS }),
    (async () => ({
      olga: await enter("operator", 0),
      oren: await enter("operator", 1),
      anna: await enter("approver", 0, { viewport: { width: 390, height: 844 }, hasTouch: true }),
      sara: await enter("support", 0, { permissions: ["clipboard-read", "clipboard-write"] }),
      vera: await enter("viewer", 0),
    }))(),
  ]);
  await addVirtualAuthenticator(people.anna.page);
  await addPasskey(people.anna.page, server.url);

  // As the owner of the host: its configuration says whose passkeys it believes, never the server.
  const site = { rpId: new URL(server.url).hostname, origin: server.url };
  await host.writeText(agentPaths(host).config, agentYaml(host, sample, await seeded.trustedKeys(site)), 0o600);
  const admin = await signIn(server.url, { ...demoPerson("admin"), password: DEMO_PASSWORD });
  const programs = { root: projectRoot, node: process.execPath };
  const { hostId } = await startAgentOn(host, admin, { ...programs, serverUrl: `http://127.0.0.1:${server.port}` });
  const db = new pg.Pool({ connectionString: seeded.databaseUrl, max: 2, application_name: "slackwater journeys" });
  endings.push(() => db.end());
  const recoveryRecipient = await identityToRecipient(await generateIdentity());
  return {
    url: server.url,
    folder,
    host,
    sample,
    hostId,
    db,
    agent: killableAgent(host, programs),
    serviceId: seeded.serviceId,
    runbookDigest: seeded.runbookDigest,
    people,
    troubles,
    killServer: async () => {
      awayUntil = Number.POSITIVE_INFINITY;
      await server.kill();
    },
    startServer: async () => {
      server = await startServer(server.port);
      awayUntil = Date.now() + REPORTED_WITHIN_MS;
    },
    parameters: async (volume) => {
      const measured = await mustRun(host, `du -sk '${sample.cluster.dataDirectory}'`);
      const sizeKib = Number.parseInt(measured, 10);
      return {
        ...windowParameters(host, sample, {
          statusUrl: `${server.url}/status`,
          recoveryRecipient,
          soak: "5s",
          maxCopyKib: Math.ceil(sizeKib / COPY_S),
        }),
        grace: "2s",
        quiet: "1s",
        volume_name: volume,
        volume_path: `${agentPaths(host).volumes}/${volume}.img`,
        mount_point: `${agentPaths(host).mount}/${volume}`,
      };
    },
  };
}

async function enterAs(
  browser: Browser,
  url: string,
  person: { name: string; email: string },
  options: BrowserContextOptions,
  endings: (() => Promise<unknown>)[],
): Promise<Persona> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1440, height: 1000 },
    reducedMotion: "reduce",
    ...options,
  });
  endings.push(() => context.close());
  const page = await context.newPage();
  await signInPage(page, person);
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  return { page, client: personClient(url, person.name, cookie) };
}

/** Adds a passkey on the Account page, as anybody does. */
async function addPasskey(page: Page, url: string): Promise<void> {
  await openPage(page, `${url}/account`);
  await page.getByLabel("Add one that this device makes").fill("Telephone");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("list", { name: "Your passkeys" }).getByText("Telephone").waitFor();
}
