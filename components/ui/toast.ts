import type { Tone } from "./tone.ts";

/** A short message that may be missed: what must be read stands on the page instead. */
export type Toast = {
  readonly tone: Extract<Tone, "good" | "move" | "ask" | "stop">;
  /** "Hold ordered" */
  readonly title: string;
  /** "Waiting for pdx-db-1 to confirm" */
  readonly detail?: string;
  readonly action?: { readonly label: string; readonly onPress: () => void };
};

const waiting: Toast[] = [];
let take: ((toast: Toast) => void) | undefined;
let wake: (() => void) | undefined;

/** Shows a toast. The script that draws them is fetched with the first one; until then they wait here. Browser only. */
export function showToast(toast: Toast): void {
  if (take) {
    take(toast);
    return;
  }
  waiting.push(toast);
  wake?.();
}

/** Called by ToastHost: who to wake when the first toast comes. */
export function onFirstToast(listener: () => void): () => void {
  wake = listener;
  if (waiting.length > 0) listener();
  return () => {
    wake = undefined;
  };
}

/** Called by the drawing part once it is mounted: takes what has waited, then each new one. */
export function takeToasts(taker: (toast: Toast) => void): () => void {
  take = taker;
  for (const toast of waiting.splice(0)) taker(toast);
  return () => {
    take = undefined;
  };
}
