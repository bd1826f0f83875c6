import clsx from "clsx";
import type { ChartData } from "./chartData.ts";
import { lastKnown } from "./chartData.ts";
import { chartLine } from "./chartLine.ts";
import type { ChartScale } from "./chartScale.ts";
import { axisValues } from "./chartScale.ts";
import { withRoom } from "./labelRoom.ts";

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;
const STEP_NUMBER_ROOM = 0.07;

/**
 * The area of a chart: grid, gaps, steps, limits and the line. The line is one SVG path stretched to the area; all words
 * are text placed by percentages. So it is drawn by the server, needs no script and no measuring, follows the theme and
 * the reader's text size, and prints.
 * @param grid how many of the three axis lines are drawn: all, or only zero
 */
export function ChartPlot(props: {
  data: ChartData;
  scale: ChartScale;
  sentence: string;
  grid: "all" | "zero";
  labels: "inside" | "none";
  className?: string;
}) {
  const { data, scale } = props;
  const line = chartLine(data, scale);
  const newest = lastKnown(data.points);
  const stepStarts = (data.stepStarts ?? []).filter((step) => step.atMs >= data.fromMs && step.atMs <= data.toMs);
  const numbered = new Set(
    withRoom(
      stepStarts.map((step) => scale.x(step.atMs)),
      STEP_NUMBER_ROOM,
    ),
  );
  return (
    <div role="img" aria-label={props.sentence} className={clsx("relative text-chart", props.className)}>
      {(props.grid === "all" ? axisValues(scale) : [0]).map((value) => (
        <div key={value} className="absolute inset-x-0 border-line border-t" style={{ top: percent(scale.y(value)) }} />
      ))}
      {(data.gaps ?? []).map((gap) => {
        const left = scale.x(gap.fromMs);
        const width = scale.x(gap.toMs) - left;
        return (
          <div
            key={`${gap.fromMs}-${gap.words}`}
            className="hatched absolute inset-y-0 flex items-center justify-center overflow-hidden"
            style={{ left: percent(left), width: percent(width) }}
          >
            {width > 0.3 && <span className="rounded-badge bg-surface px-1 text-center text-ink2">{gap.words}</span>}
          </div>
        );
      })}
      {stepStarts.map((step) => (
        <div
          key={step.number}
          className="absolute inset-y-0 border-edge border-l border-dotted"
          style={{ left: percent(scale.x(step.atMs)) }}
        >
          {numbered.has(scale.x(step.atMs)) && (
            <span className="absolute bottom-0 left-0.5 text-ink3">{step.number}</span>
          )}
        </div>
      ))}
      {(data.limits ?? []).map((limit) => (
        <div
          key={limit.label}
          className="absolute inset-x-0 border-edge border-t border-dotted"
          style={{ top: percent(scale.y(limit.value)) }}
        />
      ))}
      <svg
        viewBox="0 0 1000 1000"
        preserveAspectRatio="none"
        aria-hidden="true"
        className="absolute inset-0 size-full overflow-visible"
        fill="none"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
      >
        <path d={line.within} className="stroke-ink" vectorEffect="non-scaling-stroke" />
        <path d={line.beyond} className="stroke-stop" vectorEffect="non-scaling-stroke" />
      </svg>
      {newest && newest.atMs >= data.fromMs && (
        <div
          className="absolute size-1.5 -translate-x-1/2 -translate-y-1/2 rounded-full bg-ink"
          style={{ left: percent(scale.x(newest.atMs)), top: percent(scale.y(newest.value)) }}
        />
      )}
      {(data.thresholds ?? []).map((limit) => (
        <div
          key={limit.label}
          className="absolute inset-x-0 border-stop border-t border-dashed"
          style={{ top: percent(scale.y(limit.value)) }}
        >
          {props.labels === "inside" && (
            <span className="absolute right-0 bottom-0.5 whitespace-nowrap rounded-badge bg-surface pl-1 text-stop leading-none">
              {limit.label}
            </span>
          )}
        </div>
      ))}
    </div>
  );
}
