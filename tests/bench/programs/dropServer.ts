import { createServer } from "node:http";
import { Server } from "socket.io";

/** The baseline: a bare socket.io server that receives frames and drops them. It counts them only, and says how many when it is asked. */
const httpServer = createServer();
const io = new Server(httpServer, { serveClient: false, perMessageDeflate: false, httpCompression: false });
let receivedCount = 0;
io.on("connection", (socket) => {
  socket.on("frame", () => {
    receivedCount += 1;
  });
});
httpServer.listen(0, "127.0.0.1", () => {
  const address = httpServer.address();
  process.send?.({ port: typeof address === "object" ? address?.port : undefined });
});
process.on("message", () => process.send?.({ receivedCount }));
