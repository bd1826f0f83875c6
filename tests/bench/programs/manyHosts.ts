import { setTimeout as sleep } from "node:timers/promises";
import type { Socket } from "socket.io-client";
import { io } from "socket.io-client";
import { openDatabase } from "../../../server/db/client.ts";
import type { FakeAgent } from "../../support/fakeAgent.ts";
import { connectAgent, enrolHost } from "../../support/fakeAgent.ts";
import { hostHealth } from "../hostHealth.ts";

/**
 * Many hosts in one process, each with a connection and (at our server) a key of its own. Its parent says `{ url, hosts, databaseUrl? }`,
 * with the database where they are to be enrolled, or without one for a bare socket.io server; it answers `{ ready }`, and to each
 * `{ second }` one sample of health a host, spread over a second, with `{ sent }` how many.
 */
interface Wish {
  readonly url: string;
  readonly hosts: number;
  readonly databaseUrl?: string;
}

/** One host's way to say how it is. */
type Say = (count: number) => void;

/** So many connect side by side. */
const TOGETHER = 25;
/** In each slice of a second so many hosts speak that all have spoken at its end. */
const SLICES = 50;

const hosts: Say[] = [];
let saidCount = 0;

async function connectAll({ url, hosts: wanted, databaseUrl }: Wish): Promise<void> {
  const db = databaseUrl === undefined ? undefined : openDatabase(databaseUrl, { poolSize: 4 });
  while (hosts.length < wanted) {
    const group = Array.from({ length: Math.min(TOGETHER, wanted - hosts.length) }, async (_, index) => {
      if (db === undefined) return sayToBare(await connectBare(url));
      return sayToOurs(await connectAgent(url, await enrolHost(db.pool, `host-${hosts.length + index}`)));
    });
    hosts.push(...(await Promise.all(group)));
  }
  await db?.close();
  process.send?.({ ready: hosts.length });
}

function sayToOurs(agent: FakeAgent): Say {
  void agent.closed.then((code) => {
    throw new Error(`the server ended a connection with ${code}`);
  });
  return (count) => agent.send({ type: "health", sample: hostHealth(count) });
}

async function connectBare(url: string): Promise<Socket> {
  const socket = io(url, { transports: ["websocket"], forceNew: true, reconnection: false });
  const there = Promise.withResolvers<void>();
  socket.on("connect", () => there.resolve());
  socket.on("connect_error", (error) => there.reject(error));
  await there.promise;
  return socket;
}

function sayToBare(socket: Socket): Say {
  return (count) => void socket.emit("frame", { type: "health", sample: hostHealth(count) });
}

async function sayOneSecond(): Promise<void> {
  const began = performance.now();
  for (let slice = 0; slice < SLICES; slice += 1) {
    for (let at = slice; at < hosts.length; at += SLICES) {
      hosts[at]?.(saidCount);
      saidCount += 1;
    }
    await sleep(Math.max(0, began + ((slice + 1) * 1_000) / SLICES - performance.now()));
  }
  process.send?.({ sent: hosts.length });
}

process.on("message", (message: Wish | { second: true }) => {
  void ("second" in message ? sayOneSecond() : connectAll(message));
});
