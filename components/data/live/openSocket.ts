import { io } from "socket.io-client";
import type { BrowserFrame } from "../../../protocol/browser.ts";
import { readFrame } from "./readFrame.ts";

/** The events of one socket, as the feed wants them. */
export interface SocketEvents {
  readonly onOpen: () => void;
  /** It is closed: by the network, the server's end or a session that is over. `wasOpen` is false for a try that failed. */
  readonly onClose: (wasOpen: boolean) => void;
  readonly onFrame: (frame: BrowserFrame) => void;
  /** Anything was heard, a heartbeat included. */
  readonly onSign: () => void;
}

/** A line to the server that can be opened again after it closed. */
export interface FeedSocket {
  open(): void;
  /** Asks for a room; sent now where the line is open, else not at all: the feed asks again after each opening. */
  listen(room: string): void;
  leave(room: string): void;
  close(): void;
}

/**
 * Makes the socket, closed. When to try again is the feed's to say: it shows the time of the next try, which the library keeps to
 * itself. A frame that is not in the catalogue (a newer server's) is left alone: over HTTP the page reads everything anyway.
 * @param origin the server's address; the page's own where it is left out
 */
export function openSocket(events: SocketEvents, origin?: string): FeedSocket {
  const options = { path: "/socket.io/", autoConnect: false, reconnection: false, tryAllTransports: true };
  const transports = ["websocket", "polling"];
  const socket = origin === undefined ? io({ ...options, transports }) : io(origin, { ...options, transports });
  socket.on("connect", () => {
    socket.io.engine.on("packet", events.onSign);
    events.onOpen();
  });
  socket.on("disconnect", () => events.onClose(true));
  socket.on("connect_error", () => {
    // A refused handshake leaves the transport open; closing it lets the next try begin anew.
    socket.close();
    events.onClose(false);
  });
  socket.on("frame", (raw: unknown) => {
    const frame = readFrame(raw);
    if (frame) events.onFrame(frame);
  });
  return {
    open: () => void socket.open(),
    listen: (room) => {
      if (socket.connected) socket.emit("listen", { room });
    },
    leave: (room) => {
      if (socket.connected) socket.emit("leave", { room });
    },
    close: () => void socket.close(),
  };
}
