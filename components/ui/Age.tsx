"use client";

import clsx from "clsx";
import { formatAge, formatDuration, formatTicking, isoDuration } from "../../domain/format/duration.ts";
import { isoInstant } from "../../domain/format/time.ts";
import { useNow } from "./Now.tsx";

/**
 * How old a value is: "40 s", "40 s ago", "2 h". Past its freshness limit it says "stale 26 h" in bold amber and stays.
 * @param sinceMs when it was measured
 * @param freshForMs how long it is good for; leave out where nothing goes stale
 */
export function Age(props: { sinceMs: number; ago?: boolean; freshForMs?: number; className?: string }) {
  const ageMs = useNow() - props.sinceMs;
  const isStale = props.freshForMs !== undefined && ageMs > props.freshForMs;
  const age = formatAge(ageMs);
  return (
    <time
      dateTime={isoInstant(props.sinceMs)}
      className={clsx("whitespace-nowrap", isStale && "font-semibold text-ask", props.className)}
    >
      {isStale ? `stale ${age}` : props.ago ? `${age} ago` : age}
    </time>
  );
}

/** Time that has passed since a moment, ticking: "27:50". Given an end, it stands still there. */
export function Elapsed(props: { sinceMs: number; untilMs?: number | undefined; className?: string }) {
  const now = useNow();
  const elapsedMs = (props.untilMs ?? now) - props.sinceMs;
  return (
    <time dateTime={isoDuration(elapsedMs)} className={props.className}>
      {formatTicking(Math.max(0, elapsedMs))}
    </time>
  );
}

/** Time left until a moment, ticking: "1:55:42". Past it, the minus sign stays until somebody acts. */
export function Countdown(props: { untilMs: number; className?: string }) {
  const leftMs = props.untilMs - useNow();
  return (
    <time dateTime={isoDuration(leftMs)} className={props.className}>
      {formatTicking(leftMs)}
    </time>
  );
}

/** Time left in words that do not tick each second: "17 min left", "in 4 h 12 min". */
export function TimeLeft(props: { untilMs: number; words?: "left" | "in"; className?: string }) {
  const leftMs = props.untilMs - useNow();
  // Whole minutes from two minutes on: a sentence that changes each second cannot be read.
  const text = formatDuration(leftMs >= 120_000 ? Math.floor(leftMs / 60_000) * 60_000 : Math.max(0, leftMs));
  return (
    <time dateTime={isoDuration(leftMs)} className={clsx("whitespace-nowrap", props.className)}>
      {props.words === "in" ? `in ${text}` : `${text} left`}
    </time>
  );
}
