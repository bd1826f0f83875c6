import type { Socket } from "node:net";
import { connect, createServer } from "node:net";

/** A port of the host's 127.0.0.1 that leads to one of the guest's. */
export interface Forward {
  readonly hostPort: number;
  /** Stops listening and ends the connections that came through. */
  close(): Promise<void>;
}

/** Joins two connections until either breaks; one that is closed in one direction goes on in the other. */
function joinSockets(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.setNoDelay(true);
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
    from.pipe(to);
  }
}

/** Leads a connection that came from the guest on to a port of the host's 127.0.0.1. */
export function leadToHost(port: number, arrived: Socket): void {
  joinSockets(arrived, connect({ host: "127.0.0.1", port, allowHalfOpen: true }));
}

/** Listens on the host's 127.0.0.1 (0: any free port) and leads each connection to the one that `dial` makes. */
export async function openForward(hostPort: number, dial: () => Promise<Socket>): Promise<Forward> {
  const clients = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    clients.add(client);
    client.on("close", () => clients.delete(client));
    client.on("error", () => client.destroy());
    dial().then(
      (inner) => joinSockets(client, inner),
      () => client.destroy(), // the guest is not running: as if the host were down
    );
  });
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject).listen(hostPort, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const address = server.address();
  return {
    hostPort: typeof address === "object" && address ? address.port : hostPort,
    close: async () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const client of clients) client.destroy();
      await closed.promise;
    },
  };
}
