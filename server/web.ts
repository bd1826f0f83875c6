import { existsSync } from "node:fs";
import type { IncomingMessage, RequestListener } from "node:http";
import { createServer } from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import next from "next";
import { openPackedFiles } from "./packedFiles.ts";
import { projectFolder } from "./projectFolder.ts";

/** The pages and routes, as a part of our server. */
export interface Web {
  readonly handle: RequestListener;
  /** Takes the websockets of development (hot reload); undefined in production: there are none. */
  readonly upgrade: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | undefined;
  close(): Promise<void>;
}

/** Prepares Next. In production it serves what `npm run build` made; throws, saying so, when that is not there. */
export async function startWeb(options: { readonly dev: boolean; readonly port: number }): Promise<Web> {
  if (!options.dev && !existsSync(join(projectFolder, ".next", "BUILD_ID"))) {
    throw new Error("The pages are not built yet. Run `npm run build`, then start the server again.");
  }
  // Next listens for upgrades on the server it is given, at its first request, and would answer for paths that are ours. So it
  // gets one that never listens, and hears there of what we leave to it.
  const decoy = createServer();
  const app = next({ dev: options.dev, dir: projectFolder, httpServer: decoy, port: options.port, quiet: true });
  await app.prepare();
  const handle = app.getRequestHandler();
  const packed = options.dev ? undefined : openPackedFiles(join(projectFolder, ".next", "static"));
  return {
    handle: (request, response) => {
      if (packed?.answer(request, response)) return;
      handle(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.end();
        process.emitWarning(error instanceof Error ? error : String(error));
      });
    },
    upgrade: options.dev
      ? (request, socket, head) => {
          // Before its first request Next does not listen yet; the browser tries again.
          if (!decoy.emit("upgrade", request, socket, head)) socket.destroy();
        }
      : undefined,
    close: () => app.close(),
  };
}
