import type { HostId } from "../../../domain/ids.ts";
import { recordIncident } from "../../db/hostLinks.ts";
import type { AgentGatewayParts } from "./parts.ts";

/** Keeps what nobody may overlook about a host, each kind once in a while, so that a host can't fill the table. */
export interface IncidentBook {
  record(hostId: HostId, kind: string, detail: string): Promise<void>;
}

const ONCE_IN_MS = 60_000;

/** Makes the book of one process. */
export function createIncidentBook(parts: Pick<AgentGatewayParts, "pool" | "log">): IncidentBook {
  const writtenAtMs = new Map<string, number>();
  return {
    async record(hostId, kind, detail) {
      parts.log(`host ${hostId}: ${kind}: ${detail}`);
      const key = `${hostId} ${kind}`;
      const last = writtenAtMs.get(key);
      if (last !== undefined && performance.now() - last < ONCE_IN_MS) return;
      writtenAtMs.set(key, performance.now());
      await recordIncident(parts.pool, hostId, kind, detail);
    },
  };
}
