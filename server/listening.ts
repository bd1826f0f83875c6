import type { RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { refuseBody } from "./bodyLimit.ts";
import { stampClientAddress } from "./clientAddress.ts";
import type { Config } from "./config.ts";
import { speaksTls } from "./config.ts";
import type { TlsMaterial } from "./tls/chain.ts";
import { mayComePlainly, plainAddress, proxiesOf } from "./trustedProxies.ts";

/** The port that everybody comes in by. */
export interface Listening {
  readonly server: Server;
  readonly port: number;
  /** From now on requests are answered by this; before, they are told to come again. */
  serve(handle: RequestListener): void;
  /** Who the server is from now on, for new connections. Before the first time no TLS connection comes about. */
  show(material: TlsMaterial): void;
  close(): Promise<void>;
}

/** Listens, with TLS where the server has a certificate of its own. Throws in words where the port can't be had. */
export async function listen(config: Config): Promise<Listening> {
  const { host, port } = config;
  let handle: RequestListener | undefined;
  const isProxy = proxiesOf(config.proxies);
  const onRequest: RequestListener = (request, response) => {
    stampClientAddress(request, isProxy);
    if (refuseBody(request, response)) return;
    if (handle) return handle(request, response);
    if (request.url === "/healthz") {
      response.writeHead(200, { "content-type": "application/json" }).end('{"status":"alive"}');
      return;
    }
    response.writeHead(503, { "retry-after": "1", "content-type": "text/plain" }).end("Slackwater is starting.\n");
  };
  const secure = speaksTls(config) ? createTlsServer(onRequest) : undefined;
  const server = secure ?? createServer(onRequest);
  // Websockets are the server's connections too, and `closeAllConnections` leaves them out.
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    const ends = { peer: plainAddress(socket.remoteAddress), ours: plainAddress(socket.localAddress) };
    if (!secure && !mayComePlainly(ends, isProxy)) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const bound = Promise.withResolvers<void>();
  server.once("error", (error) => bound.reject(error));
  server.listen(port, host, bound.resolve);
  try {
    await bound.promise;
  } catch (cause) {
    throw new Error(sayWhyNot(cause, host, port), { cause });
  }
  const address = server.address();
  return {
    server,
    port: portOf(address) ?? port,
    serve: (use) => {
      handle = use;
    },
    show: ({ cert, key }) => secure?.setSecureContext({ cert, key }),
    close() {
      const ended = Promise.withResolvers<void>();
      server.close(() => ended.resolve());
      for (const socket of sockets) socket.destroy();
      return ended.promise;
    },
  };
}

function portOf(address: string | AddressInfo | null): number | undefined {
  return typeof address === "object" ? address?.port : undefined;
}

function sayWhyNot(cause: unknown, host: string, port: number): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "EADDRINUSE") {
    return `Port ${port} on ${host} is taken by another program. End it, or set PORT to another one (0: any free one).`;
  }
  if (code === "EACCES") return `Port ${port} may not be opened by this account. Set PORT to one above 1023.`;
  if (code === "EADDRNOTAVAIL")
    return `${host} is no address of this machine. Set HOST to one that is, such as 127.0.0.1.`;
  return `The server can't listen on ${host}:${port}: ${String(cause)}`;
}
