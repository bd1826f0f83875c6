import { once } from "node:events";
import { chmodSync, mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { join } from "node:path";
import { DEMO_PASSWORD, demoPerson } from "../../scripts/demo/people.ts";
import type { PersonClient } from "../../scripts/demo/personClient.ts";
import { signIn } from "../../scripts/demo/personClient.ts";
import type { Seeded } from "../../scripts/demo/seed.ts";
import { seed } from "../../scripts/demo/seed.ts";
import type { SoftwarePasskey } from "../../scripts/demo/softwarePasskey.ts";
import { createSoftwarePasskey } from "../../scripts/demo/softwarePasskey.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import type { House } from "../../server/identity/door.ts";
import { house } from "../../server/identity/door.ts";
import { openState } from "../../server/stateFiles.ts";
import { serveApiRoutes } from "./apiRoutes.ts";
import type { ServerProcess } from "./serverProcess.ts";
import { freePort, startServerProcess } from "./serverProcess.ts";

/** The people of a window, signed in; the approver's passkey is a program's. */
export interface WindowPeople {
  readonly admin: PersonClient;
  readonly operator: PersonClient;
  readonly starter: PersonClient;
  readonly approver: PersonClient;
  readonly support: PersonClient;
  readonly passkey: SoftwarePasskey;
}

/**
 * A whole Slackwater for a window: the engine and the gateways in a process of their own that can be killed, on an embedded database;
 * the API's routes in this one, as a second web process would have them. Agents and people use one address.
 */
export interface WindowHouse {
  readonly url: string;
  readonly port: number;
  readonly people: WindowPeople;
  readonly seeded: Seeded;
  /** As the routes use it. */
  readonly db: House["pool"];
  readonly site: { readonly rpId: string; readonly origin: string };
  readonly log: readonly string[];
  /** Ends the process of engine and gateways as a power cut to it alone would. Every agent's connection is cut by it. */
  killServer(): Promise<void>;
  startServer(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it in an empty folder of its own, with the people of the demo, the service and the shipped runbook. */
export async function openWindowHouse(directory: string): Promise<WindowHouse> {
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o711); // the database's account has to get through
  const routes = serveApiRoutes();
  const front = createServer(routes);
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  const { port } = front.address() as AddressInfo;
  const url = `http://localhost:${port}`;
  const serverPort = await freePort();
  const stateDirectory = join(directory, "server");
  const log: string[] = [];

  // What upgrades is an agent's link: handed on byte by byte, and cut when its process dies.
  front.on("upgrade", (request, socket, head) => {
    const server = connect(serverPort, "127.0.0.1");
    const end = () => {
      socket.destroy();
      server.destroy();
    };
    server.on("error", end).on("close", end);
    socket.on("error", end).on("close", end);
    server.on("connect", () => {
      const headers: string[] = [];
      for (let at = 0; at < request.rawHeaders.length; at += 2)
        headers.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
      server.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
      server.write(head);
      socket.pipe(server).pipe(socket);
    });
  });

  let server: ServerProcess | undefined;
  const startServer = async () => {
    server = await startServerProcess({
      PORT: String(serverPort),
      APP_URL: url,
      STATE_DIRECTORY: stateDirectory,
      ALLOW_SOFTWARE_PASSKEY: "1",
    });
  };
  const endings: (() => Promise<unknown>)[] = [
    async () => {
      front.closeAllConnections();
      front.close();
      await once(front, "close");
    },
  ];
  const close = async () => {
    for (const end of endings.splice(0).reverse()) await end();
  };
  try {
    await startServer();
    endings.push(async () => {
      log.push(...(server?.said ?? []));
      await server?.stop();
    });
    const seeded = await seed({ root: projectRoot, serverState: stateDirectory, appUrl: url });
    endings.push(seeded.close);
    const { signer, sessionSecret } = openState(stateDirectory);
    Object.assign(process.env, {
      SLACKWATER_APP_URL: url,
      SLACKWATER_DATABASE_URL: seeded.databaseUrl,
      SLACKWATER_SESSION_SECRET: sessionSecret,
      SLACKWATER_STATE_DIRECTORY: stateDirectory,
      SLACKWATER_SERVER_KEY: signer.publicKey,
      SLACKWATER_ALLOW_SOFTWARE_PASSKEY: "1",
    });
    const { pool, prisma } = house();
    endings.push(async () => {
      await prisma.$disconnect();
      await pool.end();
      globalThis.slackwaterHouse = undefined;
    });
    const login = (role: Parameters<typeof demoPerson>[0], index = 0) =>
      signIn(url, { ...demoPerson(role, index), password: DEMO_PASSWORD });
    const site = { rpId: "localhost", origin: url };
    const people = {
      admin: await login("admin"),
      operator: await login("operator"),
      starter: await login("operator", 1),
      approver: await login("approver"),
      support: await login("support"),
      passkey: createSoftwarePasskey(site),
    };
    await people.approver.registerPasskey(people.passkey);
    return {
      url,
      port,
      people,
      seeded,
      db: pool,
      site,
      log,
      killServer: async () => {
        log.push(...(server?.said ?? []));
        await server?.kill();
      },
      startServer,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
