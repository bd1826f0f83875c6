import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserFrame } from "../../protocol/browser.ts";
import type { Database } from "../../server/db/client.ts";
import { openDatabase } from "../../server/db/client.ts";
import { compileStored } from "../../server/db/compileText.ts";
import { listenForNotices } from "../../server/db/noticeListener.ts";
import { createNotifier } from "../../server/db/notifier.ts";
import { createRunReader } from "../../server/db/runReader.ts";
import { createAgentGateway } from "../../server/realtime/agentGateway.ts";
import { createBrowserGateway } from "../../server/realtime/browserGateway.ts";
import type { LiveHub } from "../../server/realtime/hub.ts";
import { createHub } from "../../server/realtime/hub.ts";
import type { Watcher } from "../../server/realtime/presence.ts";

/** Both gateways on a port of their own, over a real database: what main.ts composes, without Next and engine. */
export interface TestGateway {
  readonly agentUrl: string;
  readonly url: string;
  readonly hub: LiveHub;
  readonly serverKey: string;
  /** Everything that was published in this process, in order. */
  readonly shown: { readonly room: string; readonly frame: BrowserFrame }[];
  readonly log: string[];
  readonly db: Database;
  readonly runs: ReturnType<typeof createRunReader>;
  readonly notifier: ReturnType<typeof createNotifier>;
  close(): Promise<void>;
}

/** A cookie is `person=<name>`: sessions are another part's. */
export async function startGateway(databaseUrl: string): Promise<TestGateway> {
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const db = openDatabase(databaseUrl, { poolSize: 5, applicationName: "test gateway", log });
  const listener = listenForNotices(databaseUrl, log);
  await listener.ready;
  const notifier = createNotifier(db.pool, log);
  const runs = createRunReader(db.pool, compileStored);
  const hub = createHub();
  const shown: { room: string; frame: BrowserFrame }[] = [];
  hub.subscribe((room, frame) => shown.push({ room, frame }));
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const serverKey = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url").toString("base64");
  const agents = createAgentGateway({
    pool: db.pool,
    runs,
    hub,
    notifier,
    listener,
    signer: { publicKey: serverKey, sign: (text) => sign(null, Buffer.from(text), privateKey).toString("base64") },
    gatewayId: randomUUID(),
    now: Date.now,
    log,
  });
  const httpServer = createServer((_, response) => response.writeHead(404).end());
  httpServer.on("upgrade", (request, socket, head) => {
    if (request.url === "/agent") agents.upgrade(request, socket, head);
  });
  httpServer.listen(0, "127.0.0.1");
  await once(httpServer, "listening");
  const { port } = httpServer.address() as AddressInfo;
  const browsers = createBrowserGateway({
    httpServer,
    pool: db.pool,
    hub,
    listener,
    personOf: async (headers): Promise<Watcher | undefined> => {
      const name = /person=(\w+)/.exec(headers.get("cookie") ?? "")?.[1];
      return name === undefined ? undefined : { userId: name, name, role: "viewer" };
    },
    origins: [`http://127.0.0.1:${port}`],
    leaveOtherUpgrades: false,
    now: Date.now,
    log,
  });
  return {
    agentUrl: `ws://127.0.0.1:${port}/agent`,
    url: `http://127.0.0.1:${port}`,
    hub,
    serverKey,
    shown,
    log: lines,
    db,
    runs,
    notifier,
    async close() {
      await agents.close();
      await browsers.close();
      httpServer.closeAllConnections();
      httpServer.close();
      await notifier.close();
      await listener.close();
      await db.close();
    },
  };
}
