import { WebSocket } from "ws";
import type { AgentFrame } from "../../protocol/agent.ts";
import { MAX_FRAME_BYTES } from "../../protocol/agent.ts";
import type { ReadFrame } from "./frames.ts";
import { readFrame, writeFrame } from "./frames.ts";
import type { LinkTls } from "./pinnedTls.ts";

/** A ping is sent so often; after so much silence the connection is taken for dead, however open it looks. */
const PING_EVERY_MS = 1500;
const SILENCE_MS = 5000;
/** While so much waits to be sent, live values (health, progress) are dropped: the next one is newer anyway. */
const BUSY_BYTES = 256 * 1024;

/** One websocket to the server: frames in and out, its liveness watched. It knows nothing of what the frames mean. */
export interface Connection {
  /** Resolves when the frame was handed to the operating system: whoever awaits it sends no faster than the link takes it. */
  send(frame: AgentFrame): Promise<void>;
  /** For values that are only worth something now: dropped when the link is busy or gone. */
  offer(frame: AgentFrame): void;
  close(code: number, why: string): void;
  /** Why it ended, in words for the log. Never rejects. */
  readonly ended: Promise<string>;
}

export interface ConnectionOptions {
  readonly url: string;
  /** Whom to believe at the other end. */
  readonly tls: LinkTls;
  readonly connectWithinMs: number;
  onFrame(read: ReadFrame): void;
}

/** Opens a connection. It may never come about: then `ended` says why. */
export function openConnection(options: ConnectionOptions): Connection {
  const socket = new WebSocket(options.url, {
    ...options.tls,
    handshakeTimeout: options.connectWithinMs,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
  });
  const isOpen = () => socket.readyState === WebSocket.OPEN;
  socket.on("message", (data, isBinary) => {
    const read: ReadFrame = isBinary
      ? { understood: false, issues: ["frames are text, not binary"], isAnswer: false }
      : readFrame(data.toString());
    options.onFrame(read);
  });
  return {
    ended: endOf(socket),
    send: (frame) =>
      new Promise((resolve, reject) => {
        socket.send(writeFrame(frame), (error) => (error ? reject(error) : resolve()));
      }),
    offer(frame) {
      if (isOpen() && socket.bufferedAmount < BUSY_BYTES) socket.send(writeFrame(frame), () => {});
    },
    close: (code, why) => socket.close(code, why),
  };
}

/** Why the socket closed: what went wrong first, else the reason that the other side gave. */
function endOf(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => {
    let why: string | undefined;
    const stopWatching = watchLiveness(socket, () => {
      why ??= `nothing heard for ${SILENCE_MS / 1000} s`;
      socket.terminate();
    });
    socket.on("error", (error) => {
      why ??= error.message;
    });
    socket.on("close", (code, reason) => {
      stopWatching();
      resolve(why ?? (reason.toString() || `closed with ${code}`));
    });
  });
}

/**
 * Half-open links look open for many minutes: nothing arrives, and what we send is taken by a buffer. Every sign of life of the
 * other side counts; `onSilence` is called after five seconds without any.
 */
function watchLiveness(socket: WebSocket, onSilence: () => void): () => void {
  let lastHeard = performance.now();
  const heard = () => {
    lastHeard = performance.now();
  };
  for (const sign of ["open", "message", "ping", "pong"]) socket.on(sign, heard);
  const timer = setInterval(() => {
    if (socket.readyState === WebSocket.CONNECTING) return;
    if (performance.now() - lastHeard > SILENCE_MS) onSilence();
    else if (socket.readyState === WebSocket.OPEN) socket.ping(() => {});
  }, PING_EVERY_MS);
  return () => clearInterval(timer);
}
