import type { Socket } from "socket.io";

/** Sockets in this room get nothing that is only worth something now. */
export const SLOW_ROOM = "slow";

/** So many frames not taken by the link, and a browser counts as slow. */
const SLOW_AFTER = 40;
/** So many, and it is cut off: it reads everything again when it is back, and costs no memory meanwhile. */
const STUCK_AFTER = 2_000;

/**
 * Watches how many frames wait for one browser. A slow one is left out of live values by its own backlog, so that nobody waits
 * for it and it never gets more than it can read; socket.io's `volatile` would drop the second of two frames of one moment for
 * everyone.
 */
export function watchBacklog(socket: Pick<Socket, "conn" | "join" | "leave" | "disconnect">): void {
  let waiting = 0;
  let isSlow = false;
  socket.conn.on("packetCreate", () => {
    waiting += 1;
    if (!isSlow && waiting > SLOW_AFTER) {
      isSlow = true;
      void socket.join(SLOW_ROOM);
    }
    if (waiting > STUCK_AFTER) socket.disconnect(true);
  });
  // "drain": everything that waited was handed to the link, which had room.
  socket.conn.on("drain", () => {
    waiting = 0;
    if (!isSlow) return;
    isSlow = false;
    void socket.leave(SLOW_ROOM);
  });
}
