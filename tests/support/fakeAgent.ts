import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import type pg from "pg";
import { WebSocket } from "ws";
import { Digest, HostId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { AgentFrame } from "../../protocol/agent.ts";
import { ServerFrame } from "../../protocol/agent.ts";
import { helloText } from "../../protocol/handshake.ts";
import { waitUntil } from "./waitUntil.ts";

/** The identity of a host, and its row in the database. */
export interface FakeHost {
  readonly hostId: HostId;
  readonly publicKey: string;
  readonly fingerprint: Digest;
  readonly machineId: string;
  sign(text: string): string;
}

/** A fresh key of a host. */
export function makeKey(): Pick<FakeHost, "publicKey" | "fingerprint" | "sign"> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  return {
    publicKey: raw.toString("base64"),
    fingerprint: Digest.parse(createHash("sha256").update(raw).digest("hex")),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString("base64"),
  };
}

/** Enrols a host as the enrolment route does: a fresh key, a row. */
export async function enrolHost(pool: pg.Pool, name = "db-1"): Promise<FakeHost> {
  const host: FakeHost = { hostId: HostId.parse(randomUUID()), machineId: randomUUID(), ...makeKey() };
  await pool.query(
    `insert into host (id, name, public_key, fingerprint, machine_id, agent_version, enrolled_by)
     values ($1, $2, $3, $4, $5, '0.1.0', 'admin')`,
    [host.hostId, name, host.publicKey, host.fingerprint, host.machineId],
  );
  return host;
}

/** How a connection says hello; each part can be made wrong. */
export interface Hello {
  readonly tasks?: Extract<AgentFrame, { type: "hello" }>["tasks"];
  readonly bootId?: string;
  readonly machineId?: string;
  readonly now?: number;
  readonly oldest?: number;
  readonly newest?: number;
  readonly signature?: string;
}

/** An agent's end of the protocol over a real websocket, without an agent behind it: tests say each frame. */
export interface FakeAgent {
  readonly host: FakeHost;
  /** The nonce of its hello; empty before it. */
  saidNonce(): string;
  /** Every frame that came, in order. */
  readonly heard: ServerFrame[];
  send(frame: AgentFrame): void;
  /** A text that need not be a frame. */
  sendRaw(text: string | Buffer): void;
  /** The next frame of a type that was not waited for before. */
  next<Type extends ServerFrame["type"]>(type: Type): Promise<Extract<ServerFrame, { type: Type }>>;
  /** Closes and waits for it. */
  close(): Promise<void>;
  /** Cuts the connection without a word. */
  cut(): void;
  /** Answers no ping from now on, like the far end of a dead link. */
  freeze(): void;
  /** Close code, once it is closed. */
  readonly closed: Promise<number>;
}

/** Connects and says hello; resolves when the server welcomed or rejected it. */
export async function connectAgent(url: string, host: FakeHost, hello: Hello = {}): Promise<FakeAgent> {
  const agent = await openAgent(url, host);
  const challenge = await agent.next("challenge");
  const nonce = randomBytes(32).toString("base64");
  const machineId = hello.machineId ?? host.machineId;
  const text = helloText({ serverNonce: challenge.nonce, agentNonce: nonce, hostId: host.hostId, machineId });
  agent.send({
    type: "hello",
    hostId: host.hostId,
    publicKey: host.publicKey,
    signature: hello.signature ?? host.sign(text),
    nonce,
    machineId,
    oldest: hello.oldest ?? 1,
    newest: hello.newest ?? 1,
    agentVersion: "0.1.0",
    now: Instant.parse(hello.now ?? Date.now()),
    tasks: hello.tasks ?? [],
    bootId: hello.bootId ?? "boot-1",
    actions: ["files.copy"],
  });
  await waitUntil("the server's answer to a hello", () =>
    agent.heard.some((frame) => frame.type === "welcome" || frame.type === "rejected"),
  );
  return agent;
}

/** Only connects: the challenge comes, nothing is said. */
export async function openAgent(url: string, host: FakeHost): Promise<FakeAgent> {
  const socket = new WebSocket(url, { perMessageDeflate: false, autoPong: true });
  const heard: ServerFrame[] = [];
  const taken = new Set<ServerFrame>();
  const stirs = new Set<() => void>();
  const closed = Promise.withResolvers<number>();
  let frozen = false;
  let nonce = "";
  socket.on("message", (data: Buffer) => {
    if (frozen) return;
    heard.push(ServerFrame.parse(JSON.parse(data.toString())));
    for (const stir of stirs) stir();
  });
  socket.on("error", () => {});
  socket.on("close", (code) => {
    closed.resolve(code);
    for (const stir of stirs) stir();
  });
  await once(socket, "open");
  return {
    host,
    heard,
    closed: closed.promise,
    saidNonce: () => nonce,
    send(frame) {
      if (frame.type === "hello") nonce = frame.nonce;
      socket.send(JSON.stringify(frame));
    },
    sendRaw: (text) => socket.send(text),
    async next(type) {
      const until = performance.now() + 8_000;
      for (;;) {
        for (const frame of heard) {
          if (frame.type !== type || taken.has(frame)) continue;
          taken.add(frame);
          return frame as never;
        }
        const left = until - performance.now();
        if (left <= 0 || socket.readyState === WebSocket.CLOSED) {
          throw new Error(`no ${type} came; heard: ${heard.map((frame) => frame.type).join(" ")}`);
        }
        const stirred = Promise.withResolvers<void>();
        stirs.add(stirred.resolve);
        const patience = setTimeout(stirred.resolve, left);
        await stirred.promise;
        clearTimeout(patience);
        stirs.delete(stirred.resolve);
      }
    },
    async close() {
      socket.close();
      await closed.promise;
    },
    cut: () => socket.terminate(),
    freeze() {
      frozen = true;
      socket.pause();
    },
  };
}
