"use client";

import clsx from "clsx";
import { formatTicking, isoDuration } from "../../domain/format/duration.ts";
import { formatTimeSeconds, zoneName } from "../../domain/format/time.ts";
import { useNow } from "./Now.tsx";

/**
 * The T+ clock of a run: hours from the first second, stopped when the run ended. Not a live region: a clock that is
 * read aloud each second drowns everything else.
 * @param zone shows the time of day below, with the zone named
 */
export function Clock(props: {
  startMs: number;
  endMs?: number | undefined;
  zone?: string;
  size?: "strip" | "card" | "wall";
  className?: string;
}) {
  const now = useNow();
  const elapsedMs = (props.endMs ?? now) - props.startMs;
  const size = props.size ?? "strip";
  if (size === "card") {
    return (
      <span className={clsx("whitespace-nowrap", props.className)}>
        <span className="text-ink3 text-label">T+ </span>
        <time dateTime={isoDuration(elapsedMs)} className="font-semibold text-figure">
          {formatTicking(elapsedMs, "always")}
        </time>
      </span>
    );
  }
  return (
    <div className={clsx("flex flex-col", size === "wall" && "items-end", props.className)}>
      <span className={size === "wall" ? "text-ink2 text-label" : "text-ink3 text-label"}>T+</span>
      <time
        dateTime={isoDuration(elapsedMs)}
        className={clsx(
          "whitespace-nowrap font-semibold",
          size === "wall" ? "text-[8.5rem] leading-[8rem] tracking-[-0.04em]" : "-ml-0.5 text-clock",
        )}
      >
        {formatTicking(elapsedMs, "always")}
      </time>
      {props.zone && (
        <span className="whitespace-nowrap text-ink2 text-label">
          {formatTimeSeconds(now, props.zone)} {zoneName(props.zone)}
        </span>
      )}
    </div>
  );
}
