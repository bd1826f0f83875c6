import type { BrowserFrame } from "../../../protocol/browser.ts";
import type { Connection } from "../../shell/connection.ts";
import type { FeedSocket, SocketEvents } from "./openSocket.ts";

/** Somebody who listens to a room. */
export interface RoomListener {
  readonly onFrame: (frame: BrowserFrame) => void;
  /** The line is back after it was lost: what happened meanwhile has to be read again. */
  readonly onReturn: () => void;
}

/** The page's line to the server: what it hears, and how the line is. Nothing is ever sent but which rooms it listens to. */
export interface LiveFeed {
  /** Opens the line and keeps it open until the returned function is called. */
  readonly start: () => () => void;
  readonly connection: () => Connection;
  readonly onConnection: (listener: () => void) => () => void;
  /** Listens to a room until the returned function is called. */
  readonly listen: (room: string, listener: RoomListener) => () => void;
  /** Tries at once instead of at the next time. */
  readonly tryNow: () => void;
}

/** Waits between tries, in ms; the last one repeats. Short at first: most losses are a server that starts anew. */
const TRY_AFTER_MS = [500, 1_000, 2_000, 3_000, 5_000] as const;
const LONGEST_WAIT_MS = 5_000;

/**
 * Makes a feed, closed.
 * @param load fetches the socket's script: it is not part of a page's first load
 * @param now the clock that the page shows, in ms since the epoch
 */
export function createLiveFeed(load: () => Promise<(events: SocketEvents) => FeedSocket>, now: () => number): LiveFeed {
  const rooms = new Map<string, Set<RoomListener>>();
  const watchers = new Set<() => void>();
  let connection: Connection = { state: "connecting" };
  let socket: FeedSocket | undefined;
  let lastSignMs = 0;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tell = (next: Connection): void => {
    connection = next;
    for (const watcher of watchers) watcher();
  };
  const tryLater = (open: () => void): void => {
    const waitMs = TRY_AFTER_MS[tries] ?? LONGEST_WAIT_MS;
    tries += 1;
    if (lastSignMs > 0) tell({ state: "lost", lastKnownMs: lastSignMs, nextTryMs: now() + waitMs });
    clearTimeout(timer);
    timer = setTimeout(open, waitMs);
  };
  const events: SocketEvents = {
    onSign: () => {
      lastSignMs = now();
    },
    onFrame: (frame) => {
      lastSignMs = now();
      for (const room of roomsOf(frame)) for (const listener of rooms.get(room) ?? []) listener.onFrame(frame);
    },
    onOpen: () => {
      tries = 0;
      lastSignMs = now();
      for (const room of rooms.keys()) socket?.listen(room);
      tell({ state: "connected" });
      // Also after the very first opening: between the page's first byte and now, something may have happened.
      for (const listeners of rooms.values()) for (const listener of listeners) listener.onReturn();
    },
    onClose: () => tryLater(() => socket?.open()),
  };

  return {
    start: () => {
      let isWanted = true;
      // The first byte of the page came from the server: that was the last sign of it.
      lastSignMs = now();
      const open = (): void => {
        if (!isWanted) return;
        load().then(
          (make) => {
            if (!isWanted || socket) return;
            socket = make(events);
            socket.open();
          },
          // The script could not be fetched: the line is as good as lost.
          () => isWanted && tryLater(open),
        );
      };
      open();
      return () => {
        isWanted = false;
        clearTimeout(timer);
        const closing = socket;
        socket = undefined;
        closing?.close();
        clearTimeout(timer);
        tries = 0;
        connection = { state: "connecting" };
      };
    },
    connection: () => connection,
    onConnection: (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    listen: (room, listener) => {
      const listeners = rooms.get(room) ?? new Set<RoomListener>();
      if (listeners.size === 0) {
        rooms.set(room, listeners);
        socket?.listen(room);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        rooms.delete(room);
        socket?.leave(room);
      };
    },
    tryNow: () => {
      clearTimeout(timer);
      socket?.open();
    },
  };
}

/** The rooms that a frame can have come by. A page that listens to one of them hears it once per room it listens to. */
function roomsOf(frame: BrowserFrame): readonly string[] {
  switch (frame.type) {
    case "runChanged":
      return [`run:${frame.runId}`, "windows", "status"];
    case "progress":
    case "output":
    case "present":
      return [`run:${frame.runId}`];
    case "health":
      return [`host:${frame.hostId}`];
    case "hostChanged":
      return [`host:${frame.hostId}`, "windows"];
    case "windowsChanged":
      return ["windows", "status"];
    default:
      return frame satisfies never;
  }
}
