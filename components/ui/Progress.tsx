import clsx from "clsx";
import { wholePercent } from "../../domain/format/percent.ts";
import type { Tone } from "./tone.ts";
import { TONE_FILL } from "./tone.ts";

/**
 * A bar that moves in steps as reported, never ahead and never by itself. Its value text says it in full: "61 percent,
 * 29.28 of 48.00 gigabytes, done between 03:16 and 03:24". A percentage never stands without its bytes.
 * @param share 0 to 1, or undefined while it is not known; then the track is hatched and no figure is claimed
 */
export function Progress(props: {
  label: string;
  share: number | undefined;
  valueText: string;
  tone?: Tone;
  size?: "bar" | "thin" | "wall";
  className?: string;
}) {
  const size = props.size ?? "bar";
  const percent = props.share === undefined ? undefined : wholePercent(props.share);
  return (
    <div
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={props.valueText}
      className={clsx(
        "forced-color-adjust-none overflow-hidden",
        size === "bar" && "h-3 rounded-[0.1875rem] bg-sunken shadow-[inset_0_0_0_1px_var(--line)]",
        size === "thin" && "h-1 rounded-[0.125rem] bg-line",
        size === "wall" && "h-10 rounded-control bg-sunken shadow-[inset_0_0_0_1px_var(--line)]",
        percent === undefined && "hatched",
        props.className,
      )}
    >
      {percent !== undefined && props.share !== undefined && (
        <div
          className={clsx("h-full", TONE_FILL[props.tone ?? "move"], props.tone === "unknown" && "bg-edge")}
          style={{ width: `${Math.min(1, Math.max(0, props.share)) * 100}%` }}
        />
      )}
    </div>
  );
}
