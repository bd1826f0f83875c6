import { io } from "socket.io-client";
import { readStamp } from "../updates.ts";

/**
 * Many browsers in one process. Its parent says `{ url, watchers, cookie?, room? }`; it answers `{ ready }` when all are there, and
 * after `{ report: true }` how many frames each got and how long they took, in ms from the moment that stands in the frame.
 */
interface Wish {
  readonly url: string;
  readonly watchers: number;
  readonly cookie?: string;
  readonly room?: string;
}

const latenciesMs: number[] = [];
const perWatcher: number[] = [];

async function watch({ url, watchers, cookie, room }: Wish): Promise<void> {
  const together = 50;
  for (let from = 0; from < watchers; from += together) {
    const group = Array.from({ length: Math.min(together, watchers - from) }, (_, index) => connect(from + index));
    await Promise.all(group);
  }
  process.send?.({ ready: watchers });

  async function connect(index: number): Promise<void> {
    perWatcher[index] = 0;
    const socket = io(url, {
      transports: ["websocket"],
      forceNew: true,
      reconnection: false,
      ...(cookie === undefined ? {} : { extraHeaders: { cookie } }),
    });
    socket.on("frame", (frame: unknown) => {
      const stampNs = readStamp(frame);
      if (stampNs === undefined) return;
      latenciesMs.push(Number(process.hrtime.bigint() - stampNs) / 1e6);
      perWatcher[index] = (perWatcher[index] ?? 0) + 1;
    });
    const there = Promise.withResolvers<void>();
    socket.on("connect", () => there.resolve());
    socket.on("connect_error", (error) => there.reject(error));
    await there.promise;
    if (room === undefined) return;
    const answer: unknown = await socket.timeout(20_000).emitWithAck("listen", { room });
    if (answer !== "ok") throw new Error(`not let in: ${String(answer)}`);
  }
}

process.on("message", (message: Wish | { report: true }) => {
  if ("report" in message) process.send?.({ latenciesMs, perWatcher }, () => process.exit(0));
  else void watch(message);
});
