import { createServer } from "node:http";
import { Server } from "socket.io";
import { progressFrame } from "../updates.ts";

/**
 * The baseline: a bare socket.io server that says the same frames to everyone, with nothing behind it. Told by its parent when
 * to begin and how many: `{ updates, everyMs }`.
 */
const httpServer = createServer();
const io = new Server(httpServer, { serveClient: false, perMessageDeflate: false, httpCompression: false });
httpServer.listen(0, "127.0.0.1", () => {
  const address = httpServer.address();
  process.send?.({ port: typeof address === "object" ? address?.port : undefined });
});
process.on("message", ({ updates, everyMs }: { updates: number; everyMs: number }) => {
  let sent = 0;
  const timer = setInterval(() => {
    io.emit("frame", progressFrame(sent));
    sent += 1;
    if (sent < updates) return;
    clearInterval(timer);
    process.send?.({ done: true });
  }, everyMs);
});
