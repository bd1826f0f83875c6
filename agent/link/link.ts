import { setTimeout as sleep } from "node:timers/promises";
import { pauseBefore } from "./backoff.ts";
import type { LinkDuties, SessionEnd, SessionOptions } from "./session.ts";
import { runSession } from "./session.ts";

const GREET_WITHIN_MS = 10_000;

/** What is known of the link, for `status`. `since` is ms since the epoch. */
export interface LinkState {
  readonly state: "connecting" | "connected" | "refused";
  readonly since: number;
  /** Why there is no connection; absent while there is. */
  readonly because?: string;
  /** The server's clock minus ours at the last welcome, in ms. */
  readonly clockSkewMs?: number;
}

export interface LinkOptions extends Omit<SessionOptions, "greetWithinMs"> {
  readonly log: (line: string) => void;
}

/** Keeps the host connected until the signal is aborted. Never gives up, and never rejects. */
export function keepLinked(options: LinkOptions): { state(): LinkState; readonly ended: Promise<void> } {
  let state: LinkState = { state: "connecting", since: options.now(), because: "not tried yet" };

  const duties: LinkDuties = {
    ...options.duties,
    welcomed(welcome, connection) {
      state = { state: "connected", since: options.now(), clockSkewMs: welcome.now - options.now() };
      options.log(`connected to ${options.url}`);
      options.duties.welcomed(welcome, connection);
    },
  };

  async function loop(): Promise<void> {
    let attempt = 0;
    while (!options.signal.aborted) {
      const end = await runSession({ ...options, duties, greetWithinMs: GREET_WITHIN_MS });
      if (options.signal.aborted) break;
      attempt = end.wasWelcomed ? 0 : attempt + 1;
      remember(end);
      await sleep(pauseBefore(attempt, Math.random()), undefined, { signal: options.signal }).catch(() => {});
    }
  }

  function remember(end: SessionEnd): void {
    const now = end.kind === "cut" ? "connecting" : "refused";
    if (state.state !== now || state.because !== end.because) options.log(`not connected: ${end.because}`);
    const since = state.state === now ? state.since : options.now();
    state = { state: now, since, because: end.because };
  }

  return { state: () => state, ended: loop() };
}
