import { spawn } from "node:child_process";
import { join } from "node:path";
import { WebSocketServer } from "ws";
import { EVERY_MS, LINES } from "./benchRegistry.ts";

/**
 * The baseline: the program's stdout as a bare pipe, each line as it comes to a bare websocket. Serves one browser, starts the
 * program when that is there, and tells its parent when the program has ended.
 */
const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
server.on("listening", () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" ? address?.port : undefined });
});
server.on("connection", (browser) => {
  const program = spawn(
    process.execPath,
    [join(import.meta.dirname, "rsyncLines.ts"), String(LINES), String(EVERY_MS)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let rest = "";
  program.stdout.on("data", (bytes: Buffer) => {
    const lines = (rest + bytes.toString()).split("\r");
    rest = lines.pop() ?? "";
    for (const line of lines) browser.send(line);
  });
  program.on("exit", () => process.send?.({ ended: true }));
});
