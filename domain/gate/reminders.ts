import type { DurationMs, Instant } from "../time.ts";

const MINUTE_MS = 60_000;
/** So long before a gate expires its deciders are reminded, in ms. */
const LEADS_MS: readonly DurationMs[] = [60 * MINUTE_MS, 15 * MINUTE_MS];

/**
 * How many reminders of a gate are due by now: an hour and a quarter of an hour before it expires. One that asks for a shorter time than twice
 * that is not reminded of at once, but half-way.
 */
export function remindersDue(askedAt: Instant, expiresAt: Instant, now: Instant): number {
  const half = (expiresAt - askedAt) / 2;
  const fitting = LEADS_MS.filter((lead) => lead <= half);
  const leads = fitting.length === 0 ? [half] : fitting;
  return leads.filter((lead) => now >= expiresAt - lead).length;
}
