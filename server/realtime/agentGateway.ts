import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { HostId } from "../../domain/ids.ts";
import { MAX_FRAME_BYTES } from "../../protocol/agent.ts";
import { createIncidentBook } from "./agent/incidents.ts";
import type { AgentLink } from "./agent/link.ts";
import { serveAgent } from "./agent/link.ts";
import type { AgentGatewayParts } from "./agent/parts.ts";
import { createRounds } from "./agent/rounds.ts";

/** Where agents come in: the websocket at `/agent`. */
export interface AgentGateway {
  /** Takes over an HTTP connection that asked for a websocket at AGENT_PATH. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends every connection with "going away"; agents come back by themselves. Resolves when what they sent is stored. */
  close(): Promise<void>;
}

/** The one path of agents. */
export const AGENT_PATH = "/agent";

/** Makes the gateway of one process. */
export function createAgentGateway(parts: AgentGatewayParts): AgentGateway {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });
  const incidents = createIncidentBook(parts);
  const rounds = createRounds(parts);
  const links = new Map<HostId, AgentLink>();
  const serving = new Set<Promise<void>>();
  const list = {
    find: (hostId: HostId) => links.get(hostId),
    add: (link: AgentLink) => void links.set(link.hostId, link),
    remove: (link: AgentLink) => {
      if (links.get(link.hostId) === link) links.delete(link.hostId);
    },
  };

  server.on("connection", (socket) => {
    const served = serveAgent(socket, parts, list, incidents, rounds).finally(() => serving.delete(served));
    serving.add(served);
  });
  const unsubscribe = parts.listener.subscribe((notice) => {
    if (notice?.about === "host") links.get(notice.hostId)?.look();
    // A run that went on may want other probes; after a reconnect of the listener anything may be new.
    else if (notice === undefined) for (const link of links.values()) link.look();
    else if (notice.about === "run") for (const link of links.values()) link.look(notice.runId);
  });

  return {
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (open) => server.emit("connection", open, request));
    },
    async close() {
      unsubscribe();
      for (const open of server.clients) open.close(1001, "the server is going away");
      const patience = setTimeout(() => {
        for (const open of server.clients) open.terminate();
      }, 500);
      await Promise.all([...serving]);
      clearTimeout(patience);
      await rounds.close();
      server.close();
    },
  };
}
