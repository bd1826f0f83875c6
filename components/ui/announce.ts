/** One thing said to screen readers. The number makes the same words twice two announcements. */
export type Announcement = { readonly number: number; readonly text: string };

type Politeness = "polite" | "assertive";

const NOTHING: Announcement = { number: 0, text: "" };
const latest: Record<Politeness, Announcement> = { polite: NOTHING, assertive: NOTHING };
const listeners = new Set<() => void>();
let count = 0;

/**
 * Says something to screen readers, through the live regions that LiveRegions keeps on every page. Polite by default;
 * assertive is for "Held, failed" and nothing milder. Browser only: on the server there is nobody to hear it.
 */
export function announce(text: string, politeness: Politeness = "polite"): void {
  count += 1;
  latest[politeness] = { number: count, text };
  for (const listener of listeners) listener();
}

/** The last announcement of one kind, for LiveRegions. */
export function lastAnnouncement(politeness: Politeness): Announcement {
  return latest[politeness];
}

/** Before any announcement; also what the server renders. */
export function noAnnouncement(): Announcement {
  return NOTHING;
}

/** Calls back after each announcement, until the returned function is called. */
export function onAnnouncement(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
