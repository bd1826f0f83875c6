import type { Socket } from "node:net";
import { connect, createServer } from "node:net";

/**
 * A TCP proxy on the loopback that can do to a link what networks do: cut it, hold every byte back, or leave one side believing that
 * it is open. Point the program under test at `port`.
 */
export interface LinkProxy {
  readonly port: number;
  /** Ends every connection at once, with a reset. New ones come through. */
  cut(): void;
  /** Holds all bytes of all connections, both ways, until `heal`. Nothing is lost. */
  stall(): void;
  /** The far side is gone, the near side is never told: what it sends goes nowhere. New connections come through. */
  halfOpen(): void;
  /** New connections are refused too, until `heal`. */
  isolate(): void;
  heal(): void;
  /** Connections made through it so far. */
  readonly accepted: number;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

export async function startProxy(target: { port: number; host?: string }): Promise<LinkProxy> {
  const pairs = new Set<Pair>();
  const halfDead = new Set<Socket>();
  let isStalled = false;
  let isIsolated = false;
  let accepted = 0;

  const server = createServer((near) => {
    if (isIsolated) {
      near.destroy();
      return;
    }
    accepted += 1;
    const far = connect(target.port, target.host ?? "127.0.0.1");
    const pair = { near, far };
    pairs.add(pair);
    near.pipe(far, { end: false });
    far.pipe(near, { end: false });
    if (isStalled) hold(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    near.on("error", end).on("close", end);
    far.on("error", end).on("close", end);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");

  function hold({ near, far }: Pair): void {
    near.unpipe(far);
    far.unpipe(near);
    near.pause();
    far.pause();
  }

  function reset({ near, far }: Pair): void {
    near.resetAndDestroy();
    far.resetAndDestroy();
  }

  return {
    port: address.port,
    get accepted() {
      return accepted;
    },
    cut() {
      for (const pair of [...pairs]) reset(pair);
    },
    stall() {
      isStalled = true;
      for (const pair of pairs) hold(pair);
    },
    halfOpen() {
      for (const pair of [...pairs]) {
        pairs.delete(pair);
        hold(pair);
        pair.far.removeAllListeners("close");
        pair.far.resetAndDestroy();
        // Read and thrown away, so that the near side's buffers never fill and it sees no sign of the loss.
        pair.near.on("data", () => {}).resume();
        halfDead.add(pair.near);
      }
    },
    isolate() {
      isIsolated = true;
      for (const pair of [...pairs]) reset(pair);
    },
    heal() {
      isIsolated = false;
      if (!isStalled) return;
      isStalled = false;
      for (const { near, far } of pairs) {
        near.pipe(far, { end: false });
        far.pipe(near, { end: false });
      }
    },
    async close() {
      for (const pair of [...pairs]) reset(pair);
      for (const near of halfDead) near.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
