import clsx from "clsx";
import type { ChartData } from "./chartData.ts";
import { chartLine } from "./chartLine.ts";
import { chartScale } from "./chartScale.ts";

/**
 * A line small enough for a table's cell. It has no figures of its own: its value stands beside it.
 * @param sentence what it shows, for whoever cannot see it
 */
export function Sparkline(props: { data: ChartData; sentence: string; className?: string }) {
  const line = chartLine(props.data, chartScale(props.data));
  return (
    <svg
      viewBox="0 0 1000 1000"
      preserveAspectRatio="none"
      role="img"
      aria-label={props.sentence}
      fill="none"
      strokeWidth="1.5"
      strokeLinejoin="round"
      className={clsx("inline-block h-5 w-20 overflow-visible", props.className)}
    >
      <path d={line.within} className="stroke-ink" vectorEffect="non-scaling-stroke" />
      <path d={line.beyond} className="stroke-stop" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
