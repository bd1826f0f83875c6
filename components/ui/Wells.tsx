"use client";

import clsx from "clsx";
import { useEffect, useState } from "react";
import { formatDuration } from "../../domain/format/duration.ts";

const LINES = [
  "h-6 w-2/5",
  "h-5 w-3/4",
  "h-3 w-full",
  "h-3.5 w-11/12",
  "h-3.5 w-3/5",
  "h-3.5 w-5/6",
  "h-3.5 w-1/2",
  "h-3.5 w-2/3",
] as const;

/**
 * The frame of what is being loaded: nothing for the first 300 ms, then wells, and from 2 s on how long it has taken.
 * @param label what is loading, for the words: "the run"
 * @param lines how many wells, 1 to 8
 */
export function Wells(props: { label: string; lines?: number; className?: string }) {
  const [waitedMs, setWaitedMs] = useState(0);
  useEffect(() => {
    const startedMs = performance.now();
    const timer = setInterval(() => setWaitedMs(performance.now() - startedMs), 250);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className={clsx("p-4", props.className)}>
      <p role="status" className="sr-only">
        Loading {props.label}
      </p>
      <div className={clsx("flex flex-col gap-3", waitedMs < 300 && "invisible")} aria-hidden="true">
        {LINES.slice(0, props.lines ?? 5).map((size) => (
          <div key={size} className={clsx("rounded-badge bg-sunken shadow-[inset_0_0_0_1px_var(--line)]", size)} />
        ))}
      </div>
      <p className="mt-3 min-h-4 text-ink3 text-label" aria-hidden="true">
        {waitedMs >= 2000 && `loading, ${formatDuration(waitedMs)}`}
      </p>
    </div>
  );
}
