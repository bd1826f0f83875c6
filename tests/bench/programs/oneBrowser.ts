import { io } from "socket.io-client";
import { WebSocket } from "ws";
import { z } from "zod";

/**
 * One browser in a process of its own. Its parent says `{ url, cookie, room }` (ours) or `{ url }` (a bare websocket); it answers
 * `{ ready }`, and after `{ report: true }` the ms from each line's writing to its arrival here.
 */
interface Wish {
  readonly url: string;
  readonly cookie?: string;
  readonly room?: string;
}
const latenciesMs: number[] = [];
/** This moment in microseconds of the clock that rsyncLines.ts writes down. */
const nowUs = (): number => Number(process.hrtime.bigint() / 100n) / 10;
const ProgressFrame = z.object({ type: z.literal("progress"), progress: z.object({ done: z.number() }) });

async function listenToOurs(url: string, cookie: string, room: string): Promise<void> {
  const socket = io(url, { transports: ["websocket"], reconnection: false, extraHeaders: { cookie } });
  socket.on("frame", (frame: unknown) => {
    const arrivedUs = nowUs();
    const read = ProgressFrame.safeParse(frame);
    if (read.success) latenciesMs.push((arrivedUs - read.data.progress.done) / 1000);
  });
  const there = Promise.withResolvers<void>();
  socket.on("connect", () => there.resolve());
  socket.on("connect_error", (error) => there.reject(error));
  await there.promise;
  const answer: unknown = await socket.timeout(5_000).emitWithAck("listen", { room });
  if (answer !== "ok") throw new Error(`not let in: ${String(answer)}`);
  process.send?.({ ready: true });
}

function listenToBare(url: string): void {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on("open", () => process.send?.({ ready: true }));
  socket.on("message", (data: Buffer) => {
    const arrivedUs = nowUs();
    const [, bytes = ""] = /^\s*([\d,]+)/.exec(data.toString()) ?? [];
    latenciesMs.push((arrivedUs - Number(bytes.replaceAll(",", ""))) / 1000);
  });
}

process.on("message", (message: Wish | { report: true }) => {
  if ("report" in message) process.send?.({ latenciesMs }, () => process.exit(0));
  else if (message.cookie !== undefined) void listenToOurs(message.url, message.cookie, message.room ?? "");
  else listenToBare(message.url);
});
