import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { join } from "node:path";
import { guestFailure } from "./guestFailure.ts";
import type { Cable, KeeperOrder, KeeperSettings } from "./keeperMessages.ts";
import { KeeperReport } from "./keeperMessages.ts";

/** One boot of a guest, as the process that started it sees it. All its promises fail once the guest has ended. */
export interface KeeperLink {
  /** Resolves when every process of the guest is gone. */
  readonly ended: Promise<void>;
  isRunning(): boolean;
  /** A connection to a port of the guest's own address on that cable. */
  dial(cable: Cable, port: number): Promise<Socket>;
  setNetwork(state: "off" | "on"): Promise<void>;
  setFrozen(frozen: boolean): Promise<void>;
  /** Ends the guest at once, as a power cut would; resolves when it is gone. */
  cutPower(): Promise<void>;
}

type Answer = { resolve: (socket: Socket | undefined) => void; reject: (error: Error) => void };

/**
 * Starts the keeper of a guest in namespaces of its own and resolves when the guest says that it is ready; rejects with
 * `diedAtBoot` when it ends first or does not come up within bootLimitMs.
 */
export async function startKeeper(
  settings: KeeperSettings,
  bootLimitMs: number,
  onArrival: (port: number, socket: Socket) => void,
): Promise<KeeperLink> {
  const keeperFile = join(import.meta.dirname, "keeper.ts");
  // Detached: Ctrl-C in a terminal goes to every process of the group, and the guest is to be ended in good order.
  const child = spawn(
    "unshare",
    ["--pid", "--net", "--fork", "--kill-child=KILL", "--", process.execPath, keeperFile, JSON.stringify(settings)],
    { stdio: ["ignore", "ignore", "inherit", "ipc"], detached: true },
  );
  const sockets = new Set<Socket>();
  const answers = new Map<number, Answer>();
  let lastId = 0;
  let isOver = false;
  const ready = Promise.withResolvers<void>();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();

  child.on("error", (error) => ready.reject(guestFailure("cannotRun", error.message)));
  child.on("exit", () => {
    isOver = true;
    // A socket that came from the guest's network keeps that network alive until it is closed.
    for (const socket of sockets) socket.destroy();
    for (const answer of answers.values()) answer.reject(guestFailure("notRunning", "the guest has ended"));
    answers.clear();
    ready.reject(guestFailure("diedAtBoot", "the guest ended before it was ready"));
    end();
  });
  child.on("message", (raw, handle) => {
    const report = KeeperReport.parse(raw);
    const socket = handle instanceof Socket ? handle : undefined;
    if (socket) {
      sockets.add(socket);
      socket.allowHalfOpen = true;
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => socket.destroy());
    }
    switch (report.report) {
      case "ready":
        ready.resolve();
        return;
      case "arrived":
        if (socket) onArrival(report.port, socket);
        return;
      case "connected":
      case "done":
        answers.get(report.id)?.resolve(socket);
        answers.delete(report.id);
        return;
      case "failed":
        answers.get(report.id)?.reject(guestFailure("refused", report.because));
        answers.delete(report.id);
        return;
      default:
        return report satisfies never;
    }
  });

  function send(order: KeeperOrder): void {
    if (child.connected) child.send(order);
  }
  function ask(order: (id: number) => KeeperOrder): Promise<Socket | undefined> {
    if (isOver) return Promise.reject(guestFailure("notRunning", "the guest is not running"));
    const answer = Promise.withResolvers<Socket | undefined>();
    lastId += 1;
    answers.set(lastId, answer);
    send(order(lastId));
    return answer.promise;
  }
  async function cutPower(): Promise<void> {
    send({ order: "cutPower" });
    const impatience = setTimeout(() => child.kill("SIGKILL"), 5_000); // --kill-child: the keeper goes with it
    await ended;
    clearTimeout(impatience);
  }

  const tooLong = setTimeout(() => {
    ready.reject(guestFailure("diedAtBoot", `the guest was not ready after ${bootLimitMs} ms`));
  }, bootLimitMs);
  try {
    await ready.promise;
  } catch (error) {
    await cutPower();
    throw error;
  } finally {
    clearTimeout(tooLong);
  }

  return {
    ended,
    isRunning: () => !isOver,
    dial: async (cable, port) => {
      const socket = await ask((id) => ({ order: "dial", id, cable, port }));
      if (!socket) throw guestFailure("refused", `the connection to port ${port} of the guest was lost on the way`);
      return socket;
    },
    setNetwork: async (state) => void (await ask((id) => ({ order: "network", id, state }))),
    setFrozen: async (frozen) => void (await ask((id) => ({ order: "freeze", id, frozen }))),
    cutPower,
  };
}
