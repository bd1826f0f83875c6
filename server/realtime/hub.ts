import type { BrowserFrame } from "../../protocol/browser.ts";

/** A room of browsers (protocol/browser.ts `Listen`). */
export type Room = `run:${string}` | `host:${string}` | "windows" | "status";

/**
 * Where what happens in this process is told to whoever shows it in this process. `volatile`: only worth something now, may be
 * dropped for a browser that is slow. Nothing that matters goes only this way: it is in Postgres too, and other processes hear of
 * it by a notice.
 */
export interface LiveHub {
  publish(room: Room, frame: BrowserFrame, options?: { readonly volatile?: boolean }): void;
  subscribe(show: (room: Room, frame: BrowserFrame, volatile: boolean) => void): () => void;
}

/** Makes the hub of one process; main.ts hands it to both gateways. */
export function createHub(): LiveHub {
  const shows = new Set<(room: Room, frame: BrowserFrame, volatile: boolean) => void>();
  return {
    publish(room, frame, options) {
      for (const show of shows) show(room, frame, options?.volatile ?? false);
    },
    subscribe(show) {
      shows.add(show);
      return () => shows.delete(show);
    },
  };
}
