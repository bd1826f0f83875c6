import type { RawData, WebSocket } from "ws";
import type { AgentFrame } from "../../../protocol/agent.ts";
import type { ReadFrame } from "./frames.ts";
import { readFrame } from "./frames.ts";

/**
 * One websocket's messages, in order and no faster than they are dealt with, and its signs of life. A half-open link looks open
 * for many minutes, so silence ends it.
 */
export interface SocketLife {
  /** The first frame; undefined when none that can be read comes in time. */
  firstFrame(withinMs: number): Promise<AgentFrame | undefined>;
  /** Deals with every later frame in turn, until the connection ends and all that came was dealt with. */
  frames(read: (text: string) => ReadFrame, deal: (read: ReadFrame) => Promise<void>): Promise<void>;
  /** Asks for a sign of life. */
  answers(): Promise<boolean>;
  /** Ends it the hard way if the other side does not close soon. */
  endSoon(): void;
  stop(): void;
}

const PING_EVERY_MS = 2_000;
const SILENCE_MS = 6_000;
const ANSWER_WITHIN_MS = 1_500;
const CLOSE_WITHIN_MS = 500;
/** So much may wait to be dealt with before the socket is read no further. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

/** Begins to watch a socket; from here on no message is missed. */
export function watchSocket(socket: WebSocket): SocketLife {
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  let heardAtMs = performance.now();
  let ended = false;
  let wake: (() => void) | undefined;
  const stir = (): void => {
    wake?.();
    wake = undefined;
  };

  const heard = (): void => {
    heardAtMs = performance.now();
  };
  socket.on("message", (data: RawData, isBinary) => {
    heard();
    // A binary message is no frame: as text it is not JSON, and is answered as such.
    const bytes = isBinary || !Buffer.isBuffer(data) ? Buffer.from("binary") : data;
    waiting.push(bytes);
    waitingBytes += bytes.length;
    if (waitingBytes > MOST_WAITING_BYTES) socket.pause();
    stir();
  });
  for (const sign of ["ping", "pong"]) socket.on(sign, heard);
  socket.on("error", () => {}); // "close" follows: an oversized frame, a reset
  socket.on("close", () => {
    ended = true;
    stir();
  });
  const timer = setInterval(() => {
    // While paused we are the ones who do not listen.
    if (socket.isPaused) heard();
    if (performance.now() - heardAtMs > SILENCE_MS) socket.terminate();
    else if (socket.readyState === socket.OPEN) socket.ping(() => {});
  }, PING_EVERY_MS);

  const next = async (): Promise<Buffer | undefined> => {
    while (waiting.length === 0) {
      if (ended) return undefined;
      const something = Promise.withResolvers<void>();
      wake = something.resolve;
      await something.promise;
    }
    const bytes = waiting.shift();
    waitingBytes -= bytes?.length ?? 0;
    if (socket.isPaused && waitingBytes < MOST_WAITING_BYTES / 2) socket.resume();
    return bytes;
  };

  return {
    async firstFrame(withinMs) {
      const patience = setTimeout(() => socket.terminate(), withinMs);
      const bytes = await next();
      clearTimeout(patience);
      const read = bytes && readFrame(bytes.toString());
      return read?.understood ? read.frame : undefined;
    },
    async frames(read, deal) {
      for (let bytes = await next(); bytes; bytes = await next()) await deal(read(bytes.toString()));
    },
    async answers() {
      if (socket.readyState !== socket.OPEN) return false;
      const answered = Promise.withResolvers<boolean>();
      const yes = (): void => answered.resolve(true);
      const patience = setTimeout(() => answered.resolve(false), ANSWER_WITHIN_MS);
      for (const sign of ["pong", "message"]) socket.once(sign, yes);
      socket.ping(() => {});
      const isAlive = await answered.promise;
      clearTimeout(patience);
      for (const sign of ["pong", "message"]) socket.off(sign, yes);
      return isAlive;
    },
    endSoon() {
      setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS).unref();
    },
    stop() {
      clearInterval(timer);
    },
  };
}
