import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";

/** Between two looks. Each is a program of its own that asks the API server once or twice. */
const LOOK_EVERY_MS = 500;

/** What was seen last, whether it was what was waited for, and how long that took (ms). */
export interface Seen<T> {
  readonly last: T;
  readonly holds: boolean;
  readonly waitedMs: number;
}

/**
 * Looks until it holds or the time is over; once in any case. An API server that does not answer for a while is waited for as well: a
 * control plane may be restarted in the middle of a rollout, and what it was asked for goes on.
 */
export async function lookUntil<T>(
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  { waitMs, context }: { readonly waitMs: number; readonly context: ActionContext },
): Promise<Seen<T>> {
  const beganMs = performance.now();
  const isOver = () => performance.now() - beganMs >= waitMs;
  let isTold = false;
  for (;;) {
    const seen = await look().catch((error: unknown) => {
      const isAway = error instanceof Failure && error.code === "kubernetesUnavailable";
      if (!isAway || isOver()) throw error;
      if (!isTold) context.log(`${error.message} Asking again.`);
      isTold = true;
      return undefined;
    });
    if (seen !== undefined) {
      const done = holds(seen);
      if (done || isOver()) return { last: seen, holds: done, waitedMs: Math.round(performance.now() - beganMs) };
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal: context.signal });
  }
}
