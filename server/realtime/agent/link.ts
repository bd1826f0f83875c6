import { randomBytes } from "node:crypto";
import type { WebSocket } from "ws";
import type { HostId, RunId } from "../../../domain/ids.ts";
import { Instant } from "../../../domain/time.ts";
import type { AgentFrame, ServerFrame } from "../../../protocol/agent.ts";
import { welcomeText } from "../../../protocol/handshake.ts";
import { AGENT_PROTOCOL, OLDEST_AGENT_PROTOCOL } from "../../../protocol/version.ts";
import { recordOfTasks, releaseLink } from "../../db/hostLinks.ts";
import type { Admission, EarlierLink } from "./door.ts";
import { admit } from "./door.ts";
import { readFrame, writeFrame } from "./frames.ts";
import type { IncidentBook } from "./incidents.ts";
import { createIntake } from "./intake.ts";
import { reportUnknown } from "./onArrival.ts";
import type { AgentGatewayParts } from "./parts.ts";
import type { Rounds } from "./rounds.ts";
import { watchSocket } from "./socketLife.ts";

/** A connection that stands, for the gateway's list. */
export interface AgentLink extends EarlierLink {
  readonly hostId: HostId;
  /** Something may be there for the host; with a run, only where it is one of the host's. */
  look(runId?: RunId): void;
  close(code: number, why: string): Promise<void>;
}

/** The gateway's list of connections, as one connection needs it. */
export interface LinkList {
  find(hostId: HostId): AgentLink | undefined;
  add(link: AgentLink): void;
  remove(link: AgentLink): void;
}

const HELLO_WITHIN_MS = 10_000;
/** So many unreadable frames, and the connection ends: it only costs both sides. */
const MOST_UNREADABLE = 200;
/** More than this unsent means that the host does not read: it starts over when it does. */
const MOST_UNSENT_BYTES = 32 * 1024 * 1024;

/** Serves one connection from its opening to its end: challenge, hello, welcome, then frames both ways. Never rejects. */
export async function serveAgent(
  socket: WebSocket,
  parts: AgentGatewayParts,
  links: LinkList,
  incidents: IncidentBook,
  rounds: Rounds,
): Promise<void> {
  const life = watchSocket(socket);
  const send = (frame: ServerFrame): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MOST_UNSENT_BYTES) socket.terminate();
    else socket.send(writeFrame(frame), () => {});
  };
  try {
    const serverNonce = randomBytes(32).toString("base64");
    send({
      type: "challenge",
      oldest: OLDEST_AGENT_PROTOCOL,
      newest: AGENT_PROTOCOL,
      serverKey: parts.signer.publicKey,
      nonce: serverNonce,
      now: Instant.parse(parts.now()),
    });
    const hello = await life.firstFrame(HELLO_WITHIN_MS);
    if (hello?.type !== "hello") return socket.close(1008, "a hello was expected");
    const admission = await admit(parts, incidents, hello, serverNonce, links.find);
    if (!admission.admitted) {
      parts.log(`agent of host ${hello.hostId} rejected (${admission.because})`);
      send({ type: "rejected", because: admission.because, message: admission.message });
      return socket.close(1008, admission.because);
    }
    await serveAdmitted({ socket, parts, links, incidents, rounds, send, life, hello, serverNonce, admission });
  } catch (error) {
    parts.log(`an agent's connection broke: ${String(error)}`);
    socket.close(1011, "internal error");
  } finally {
    life.stop();
  }
}

interface Admitted {
  readonly socket: WebSocket;
  readonly parts: AgentGatewayParts;
  readonly links: LinkList;
  readonly incidents: IncidentBook;
  readonly rounds: Rounds;
  readonly send: (frame: ServerFrame) => void;
  readonly life: ReturnType<typeof watchSocket>;
  readonly hello: Extract<AgentFrame, { type: "hello" }>;
  readonly serverNonce: string;
  readonly admission: Extract<Admission, { admitted: true }>;
}

async function serveAdmitted(meeting: Admitted): Promise<void> {
  const { socket, parts, links, send, life, hello, serverNonce, admission } = meeting;
  const { host, fence, version } = admission;
  const { hostId } = host;
  const intake = createIntake(parts, admission, meeting.incidents, send);
  const gone = Promise.withResolvers<void>();
  const link: AgentLink = {
    hostId,
    isAlive: () => life.answers(),
    replace: () => link.close(4001, "a newer connection of this host"),
    look: intake.look,
    close(code, why) {
      socket.close(code, why);
      life.endSoon();
      return gone.promise;
    },
  };
  links.add(link);
  const showLink = (connected: boolean): void => parts.notifier.tell({ about: "link", hostId, connected });
  const leaveOut = meeting.rounds.add({
    ...{ hostId, fence, look: intake.look },
    lost: () => socket.close(4003, "revoked, or connected elsewhere"),
    alone: () => socket.close(1013, "the server has no database"),
  });
  try {
    const named = hello.tasks.map((task) => task.taskId);
    const nonces = { serverNonce, agentNonce: hello.nonce, hostId };
    send({
      type: "welcome",
      version,
      signature: parts.signer.sign(welcomeText(nonces)),
      acknowledged: await recordOfTasks(parts.pool, hostId, named),
      now: Instant.parse(parts.now()),
    });
    parts.log(`host ${host.name} connected`);
    showLink(true);
    await reportUnknown(parts, hostId, hello.tasks);
    intake.look();
    await life.frames(readFrame, (read) =>
      read.understood ? intake.take(read.frame) : answerUnreadable(meeting, read),
    );
  } finally {
    leaveOut();
    await intake.close();
    await releaseLink(parts.pool, hostId, fence).catch(() => {});
    links.remove(link);
    showLink(false);
    parts.log(`host ${host.name} disconnected`);
    gone.resolve();
  }
}

const unreadable = new WeakMap<WebSocket, number>();

/** Says politely what was wrong; a host that sends nothing else is cut off. */
async function answerUnreadable(
  { socket, send, incidents, admission }: Admitted,
  read: Extract<ReturnType<typeof readFrame>, { understood: false }>,
): Promise<void> {
  const count = (unreadable.get(socket) ?? 0) + 1;
  unreadable.set(socket, count);
  if (!read.isAnswer) send({ type: "notUnderstood", issues: [...read.issues] });
  if (count === 1) await incidents.record(admission.host.hostId, "unreadableFrame", read.issues.join("; "));
  if (count > MOST_UNREADABLE) socket.close(1008, "too many unreadable frames");
}
