import clsx from "clsx";
import type { ReactNode } from "react";
import type { Measurement } from "./MeasuredBy.tsx";
import { MeasuredBy } from "./MeasuredBy.tsx";

const VALUE = {
  figure: "text-figure",
  strip: "text-strip",
  headline: "text-headline",
  wall: "text-[4.5rem] leading-[5rem] tracking-[-0.03em]",
} as const;

/**
 * A value one acts on: its label above, its unit small beside it, a remark below. A value that was measured shows, on a
 * press, who measured it and when.
 * @param unit never left out for a value that has one: "MB/s", "%"
 * @param note "average 21.1", "at 04:32", "04:11 to 04:31, 98 % in window"
 */
export function Figure(props: {
  label: string;
  value: ReactNode;
  unit?: string;
  note?: ReactNode;
  size?: keyof typeof VALUE;
  measured?: Measurement;
  className?: string;
}) {
  const size = props.size ?? "figure";
  const value = (
    <span className={clsx("whitespace-nowrap font-semibold", VALUE[size])}>
      {props.value}
      {props.unit !== undefined && <span className="unit">{props.unit}</span>}
    </span>
  );
  return (
    <div className={clsx("flex min-w-0 flex-col items-start", props.className)}>
      <span className={clsx("text-label", size === "wall" ? "text-ink2" : "text-ink3")}>{props.label}</span>
      {props.measured ? (
        <MeasuredBy label={props.label} measurement={props.measured}>
          {value}
        </MeasuredBy>
      ) : (
        value
      )}
      {props.note !== undefined && <span className="text-ink2 text-label">{props.note}</span>}
    </div>
  );
}
