import { randomUUID } from "node:crypto";
import type { Server as HttpServer } from "node:http";
import type { UserId } from "../domain/ids.ts";
import { Instant } from "../domain/time.ts";
import { openDatabase } from "./db/client.ts";
import { compileStored } from "./db/compileText.ts";
import { writeReport } from "./db/inputs.ts";
import { listenForNotices } from "./db/noticeListener.ts";
import { createNotifier } from "./db/notifier.ts";
import { readPerson } from "./db/people.ts";
import type { Kept } from "./db/retention/sweep.ts";
import { sweep, sweptWords } from "./db/retention/sweep.ts";
import { createRunReader } from "./db/runReader.ts";
import { createAnnouncer } from "./engine/announcer.ts";
import { startEngine } from "./engine/engine.ts";
import type { TimerJob } from "./engine/jobs.ts";
import { startJobs } from "./engine/jobs.ts";
import { JOIN_CHECKS } from "./joinChecks.ts";
import type { ServerSigner } from "./realtime/agent/parts.ts";
import { AGENT_PATH, createAgentGateway } from "./realtime/agentGateway.ts";
import { createBrowserGateway } from "./realtime/browserGateway.ts";
import { createHub } from "./realtime/hub.ts";
import type { Watcher } from "./realtime/presence.ts";
import type { Site } from "./signatures.ts";
import { signatureCheck } from "./signatures.ts";

/** What the running parts need: everything is handed in, so that tests and benches run the same parts as main.ts. */
export interface CoreOptions {
  /** The app's address of a migrated database with its job tables (prepareJobs). */
  readonly databaseUrl: string;
  /** Most database connections of the engine and the gateways together; the listener and the jobs have four more. */
  readonly poolSize: number;
  /** Where agents and browsers come in. Its requests are somebody else's. */
  readonly httpServer: HttpServer;
  readonly signer: ServerSigner;
  readonly site: Site;
  readonly personOf: (headers: Headers) => Promise<Watcher | undefined>;
  /** Takes upgrades that are neither an agent's nor a browser's (Next in development); absent: they are cut. */
  readonly otherUpgrades?: (...args: Parameters<UpgradeHandler>) => void;
  readonly leaseMs: number;
  /** How long what decides nothing any more is kept. Absent: this process removes nothing. */
  readonly kept?: Kept;
  /** Told when what people see may have changed, in any process. */
  readonly onChange?: () => void;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

type UpgradeHandler = ReturnType<typeof createAgentGateway>["upgrade"];

/** The engine and both gateways of one process. */
export interface Core {
  /** Ends connections first, then what they caused, then the database's: nothing that was taken in is lost. */
  close(): Promise<void>;
}

/** Starts the engine and the gateways on an HTTP server. */
export async function startCore(options: CoreOptions): Promise<Core> {
  const { databaseUrl, httpServer, log, now } = options;
  const processId = randomUUID();
  const db = openDatabase(databaseUrl, { poolSize: options.poolSize, applicationName: "slackwater engine", log });
  const { pool } = db;
  const listener = listenForNotices(databaseUrl, log);
  const { onChange } = options;
  if (onChange) {
    listener.subscribe((notice) => {
      if (notice === undefined || notice.about === "run" || notice.about === "windows") onChange();
    });
  }
  const notifier = createNotifier(pool, log);
  const runs = createRunReader(pool, compileStored);
  const hub = createHub();
  const onTimer = async ({ runId, timerId }: TimerJob): Promise<void> => {
    const report = { report: "timerFired", timerId } as const;
    await writeReport(pool, { runId, report, dedupeKey: `${runId} timer ${timerId}` });
    notifier.tell({ about: "inputs", runId });
  };
  const { kept } = options;
  const sweeping = kept && {
    sweep: async () => void log(sweptWords(await sweep(pool, kept, Instant.parse(now())))),
  };
  const jobs = await startJobs(databaseUrl, { onTimer, ...(sweeping && { sweeping }) }, log);
  const announcer = createAnnouncer({ pool, runs, notifier, log });
  const checkSignature = signatureCheck(pool, options.site);
  const personNamed = (userId: UserId) => readPerson(pool, userId);
  const driving = {
    pool,
    runs,
    notifier,
    jobs,
    announcer,
    checkSignature,
    personNamed,
    joinChecks: JOIN_CHECKS,
    now,
    log,
  };
  const engine = startEngine({ ...driving, listener, owner: processId, leaseMs: options.leaseMs });
  const agents = createAgentGateway({
    ...{ pool, runs, hub, notifier, listener, now, log },
    signer: options.signer,
    gatewayId: processId,
  });
  const leaveOtherUpgrades = options.otherUpgrades !== undefined;
  const browsers = createBrowserGateway({
    ...{ httpServer, pool, hub, listener, now, log, leaveOtherUpgrades },
    personOf: options.personOf,
    origins: options.site.origins,
  });
  const onUpgrade: UpgradeHandler = (request, socket, head) => {
    const path = request.url?.split("?", 1)[0];
    if (path === AGENT_PATH) agents.upgrade(request, socket, head);
    // socket.io takes its own path by itself, and cuts unknown ones where nobody else is to have them.
    else if (!request.url?.startsWith("/socket.io/")) options.otherUpgrades?.(request, socket, head);
  };
  httpServer.on("upgrade", onUpgrade);
  return {
    async close() {
      httpServer.off("upgrade", onUpgrade);
      await agents.close();
      await browsers.close();
      await jobs.stop();
      await engine.close();
      await notifier.close();
      await listener.close();
      await db.close();
    },
  };
}
