import type { AgentFrame } from "../../protocol/agent.ts";
import type { Connection } from "./connection.ts";

/** Where live values go: to the connection there is now, or nowhere. */
export interface Outlet {
  /** Dropped without a connection, or when it is busy. */
  offer(frame: AgentFrame): void;
  connect(connection: Connection): void;
  disconnect(): void;
}

export function openOutlet(): Outlet {
  let current: Connection | undefined;
  return {
    offer: (frame) => current?.offer(frame),
    connect(connection) {
      current = connection;
    },
    disconnect() {
      current = undefined;
    },
  };
}
