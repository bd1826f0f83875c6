import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { WebSocket } from "ws";
import { WebSocketServer } from "ws";
import { isSignedBy } from "../../../../agent/identity.ts";
import type { TaskId } from "../../../../domain/ids.ts";
import { HostId } from "../../../../domain/ids.ts";
import type { TaskReport } from "../../../../domain/run/taskReport.ts";
import { Instant } from "../../../../domain/time.ts";
import type { ServerFrame } from "../../../../protocol/agent.ts";
import { AgentFrame } from "../../../../protocol/agent.ts";
import { helloText, leaveText, rotateText, welcomeText } from "../../../../protocol/handshake.ts";
import { EnrolBody, LeaveBody, RotateBody } from "../../../../protocol/http/enrolment.ts";
import { AGENT_PROTOCOL, OLDEST_AGENT_PROTOCOL } from "../../../../protocol/version.ts";

type FrameOf<T extends AgentFrame["type"]> = Extract<AgentFrame, { type: T }>;

/** What the server has of one task's output: every byte at its place, and how often each piece came. */
export interface Received {
  bytes: Buffer;
  /** Bytes that came for places that were filled already. */
  repeatedBytes: number;
  /** A repeated byte that was another than the first. */
  contradictions: number;
  lostBytes: number;
}

/**
 * A server as an agent sees one: it speaks protocol/agent.ts over a real websocket on the loopback, keeps what it gets, and can be
 * told to be slow, silent, forgetful or a liar. Nothing of the product's server is in it.
 */
export interface FakeServer {
  readonly url: string;
  readonly port: number;
  /** SHA-256 of its key, as tokens carry it. */
  token(changes?: { fingerprint?: string }): string;
  readonly enrolled: EnrolBody[];
  /** Hosts that took themselves off the list, with a signature that was theirs. */
  readonly left: HostId[];
  /** Every frame of every connection, in order. */
  readonly frames: AgentFrame[];
  /** Texts that were no frame. */
  readonly unreadable: string[];
  readonly hellos: FrameOf<"hello">[];
  readonly reports: Map<TaskId, TaskReport[]>;
  /** How connections ended, by close code. */
  readonly closes: number[];
  output(taskId: TaskId): Received;
  send(frame: ServerFrame): void;
  sendRaw(data: string | Buffer): void;
  /** Resolves when `check` holds; looked at after every frame. Rejects after `withinMs`. */
  until(what: string, check: () => boolean, withinMs?: number): Promise<void>;
  readonly isConnected: boolean;
  /** Ways to misbehave. */
  readonly manners: {
    acknowledgeOutput: boolean;
    acknowledgeReports: boolean;
    /** What the welcome signs instead of both nonces. */
    welcomeSigns: string | undefined;
    versions: { oldest: number; newest: number };
    key: "own" | "other";
    rejects: Extract<ServerFrame, { type: "rejected" }>["because"] | undefined;
    refuseEnrolment: boolean;
    /** Does what it is asked by HTTP, and hangs up without a word. */
    losesAnswers: boolean;
    /** One connection a key, as the real server has it. */
    keyInUse: boolean;
  };
  /** Forgets all output and reports, as a server whose database was put back would. */
  forget(): void;
  close(): Promise<void>;
}

function makeKey() {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  return {
    publicKey: raw.toString("base64"),
    fingerprint: createHash("sha256").update(raw).digest().subarray(0, 16).toString("base64url"),
    sign: (text: string) => sign(null, Buffer.from(text), privateKey).toString("base64"),
  };
}

export async function startFakeServer(): Promise<FakeServer> {
  const own = makeKey();
  const other = makeKey();
  const hosts = new Map<HostId, EnrolBody>();
  const outputs = new Map<TaskId, Received>();
  const listeners = new Set<() => void>();
  const live = new Map<string, WebSocket>();
  let current: WebSocket | undefined;

  const server: Omit<FakeServer, "url" | "port" | "isConnected"> = {
    enrolled: [],
    left: [],
    frames: [],
    unreadable: [],
    hellos: [],
    reports: new Map(),
    closes: [],
    manners: {
      acknowledgeOutput: true,
      acknowledgeReports: true,
      welcomeSigns: undefined,
      versions: { oldest: OLDEST_AGENT_PROTOCOL, newest: AGENT_PROTOCOL },
      key: "own",
      rejects: undefined,
      refuseEnrolment: false,
      losesAnswers: false,
      keyInUse: true,
    },
    token: (changes) => `swt1.${randomBytes(32).toString("base64url")}.${changes?.fingerprint ?? own.fingerprint}`,
    output: received,
    send: (frame) => sendTo(current, frame),
    sendRaw: (data) => current?.send(data),
    until(what, check, withinMs = 15_000) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (!check()) return;
          clearTimeout(timer);
          clearInterval(ticker);
          listeners.delete(look);
          resolve();
        };
        const timer = setTimeout(() => {
          clearInterval(ticker);
          listeners.delete(look);
          reject(new Error(`after ${withinMs} ms still not: ${what}`));
        }, withinMs);
        const ticker = setInterval(look, 50);
        listeners.add(look);
        look();
      });
    },
    forget() {
      outputs.clear();
      server.reports.clear();
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };

  function received(taskId: TaskId): Received {
    const known = outputs.get(taskId) ?? { bytes: Buffer.alloc(0), repeatedBytes: 0, contradictions: 0, lostBytes: 0 };
    outputs.set(taskId, known);
    return known;
  }

  function sendTo(socket: WebSocket | undefined, frame: ServerFrame): void {
    socket?.send(JSON.stringify(frame));
  }

  const http = createServer((request, response) => {
    enrol(request, response).catch(() => response.destroy());
  });

  async function enrol(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
    const said: unknown = JSON.parse(Buffer.concat(chunks).toString());
    const answer = (status: number, value: unknown) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    if (request.url === "/api/agents/leave") return answer(...leave(LeaveBody.parse(said)));
    if (request.url === "/api/agents/rotate") {
      const [status, value] = rotate(RotateBody.parse(said));
      // Told to lose its answer, it has done what it was asked all the same.
      return server.manners.losesAnswers ? void response.destroy() : answer(status, value);
    }
    if (request.url !== "/api/agents/enrol") return answer(404, {});
    const body = EnrolBody.parse(said);
    if (server.manners.refuseEnrolment) {
      return answer(409, { because: "tokenSpent", message: "This token was used already." });
    }
    const hostId = HostId.parse(randomUUID());
    hosts.set(hostId, body);
    server.enrolled.push(body);
    answer(200, { hostId, serverKey: own.publicKey });
  }

  function leave({ hostId, at, signature }: LeaveBody): [number, object] {
    if (!isSignedBy(hosts.get(hostId)?.publicKey ?? "", leaveText({ hostId, at }), signature)) {
      return [409, { because: "signatureWrong", message: "This is not signed by a host of this server." }];
    }
    server.left.push(hostId);
    return [200, {}];
  }

  function rotate(body: RotateBody): [number, object] {
    const host = hosts.get(body.hostId);
    const may = host !== undefined && isSignedBy(body.newKey, rotateText(body), body.proof);
    if (may && host.publicKey === body.newKey) return [200, {}];
    if (!may || !isSignedBy(host.publicKey, rotateText(body), body.signature)) {
      return [409, { because: "signatureWrong", message: "This is not signed by a host of this server." }];
    }
    hosts.set(body.hostId, { ...host, publicKey: body.newKey });
    return [200, {}];
  }

  const sockets = new WebSocketServer({ server: http, path: "/agent", maxPayload: 1024 * 1024 });
  sockets.on("connection", (socket) => {
    const nonce = randomBytes(32).toString("base64");
    let key: string | undefined;
    sendTo(socket, {
      type: "challenge",
      ...server.manners.versions,
      serverKey: server.manners.key === "own" ? own.publicKey : other.publicKey,
      nonce,
      now: Instant.parse(Date.now()),
    });
    socket.on("message", (data) => {
      const parsed = AgentFrame.safeParse(JSON.parse(data.toString()));
      if (!parsed.success) server.unreadable.push(data.toString().slice(0, 400));
      else if (parsed.data.type === "hello") key = greet(socket, parsed.data, nonce);
      else take(socket, parsed.data);
      for (const listener of [...listeners]) listener();
    });
    socket.on("close", (code) => {
      server.closes.push(code);
      if (current === socket) current = undefined;
      if (key !== undefined && live.get(key) === socket) live.delete(key);
      for (const listener of [...listeners]) listener();
    });
    socket.on("error", () => {});
  });

  function greet(socket: WebSocket, hello: FrameOf<"hello">, serverNonce: string): string | undefined {
    server.frames.push(hello);
    server.hellos.push(hello);
    const { hostId, nonce: agentNonce, publicKey, machineId } = hello;
    const enrolledKey = hosts.get(hostId)?.publicKey;
    const text = helloText({ serverNonce, agentNonce, hostId, machineId });
    const reject = (because: Extract<ServerFrame, { type: "rejected" }>["because"]) => {
      sendTo(socket, { type: "rejected", because, message: `fake: ${because}` });
      socket.close();
      return undefined;
    };
    if (server.manners.rejects !== undefined) return reject(server.manners.rejects);
    if (enrolledKey !== publicKey) return reject("unknownKey");
    if (!isSignedBy(publicKey, text, hello.signature)) return reject("badSignature");
    if (server.manners.keyInUse && live.has(publicKey)) return reject("keyInUse");
    live.set(publicKey, socket);
    const signed = server.manners.welcomeSigns ?? welcomeText({ serverNonce, agentNonce, hostId });
    current = socket;
    sendTo(socket, {
      type: "welcome",
      version: AGENT_PROTOCOL,
      signature: own.sign(signed),
      acknowledged: hello.tasks.map(({ taskId }) => ({
        taskId,
        outputBytes: received(taskId).bytes.length,
        reported: server.manners.acknowledgeReports && (server.reports.get(taskId)?.length ?? 0) > 0,
      })),
      now: Instant.parse(Date.now()),
    });
    return publicKey;
  }

  function take(socket: WebSocket, frame: AgentFrame): void {
    server.frames.push(frame);
    if (frame.type === "output") {
      takeOutput(frame.taskId, frame.offset, Buffer.from(frame.bytes, "base64"));
      acknowledge(socket, frame.taskId);
    } else if (frame.type === "outputLost") {
      const known = received(frame.taskId);
      known.lostBytes += frame.lengthBytes;
      takeOutput(frame.taskId, frame.offset, Buffer.alloc(frame.lengthBytes));
      acknowledge(socket, frame.taskId);
    } else if (frame.type === "taskEnded") {
      server.reports.set(frame.taskId, [...(server.reports.get(frame.taskId) ?? []), frame.report]);
      if (server.manners.acknowledgeReports) sendTo(socket, { type: "reportAcknowledged", taskId: frame.taskId });
    }
  }

  function acknowledge(socket: WebSocket, taskId: TaskId): void {
    if (!server.manners.acknowledgeOutput) return;
    sendTo(socket, { type: "outputAcknowledged", taskId, outputBytes: received(taskId).bytes.length });
  }

  /** A piece beyond what is there is not kept: the agent has to send from what is acknowledged. */
  function takeOutput(taskId: TaskId, offset: number, bytes: Buffer): void {
    const known = received(taskId);
    const have = known.bytes.length;
    if (offset > have) return;
    const overlap = Math.min(bytes.length, have - offset);
    known.repeatedBytes += overlap;
    if (!known.bytes.subarray(offset, offset + overlap).equals(bytes.subarray(0, overlap))) known.contradictions += 1;
    known.bytes = Buffer.concat([known.bytes, bytes.subarray(overlap)]);
  }

  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return Object.defineProperty(
    { ...server, port: address.port, url: `http://127.0.0.1:${address.port}`, isConnected: false },
    "isConnected",
    { get: () => current !== undefined },
  );
}
