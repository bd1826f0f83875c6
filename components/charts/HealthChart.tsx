import clsx from "clsx";
import { formatNumber } from "../../domain/format/count.ts";
import { formatPercentFigure } from "../../domain/format/percent.ts";
import { ChartPlot } from "./ChartPlot.tsx";
import { ChartTable } from "./ChartTable.tsx";
import type { ChartData } from "./chartData.ts";
import { lastKnown } from "./chartData.ts";
import { axisValues, chartScale } from "./chartScale.ts";
import { describeChart } from "./chartWords.ts";

const STILL_NOW_MS = 10_000;

/**
 * One health figure over time: its newest value at the title, three labels on the axis, its triggers dashed and named.
 * @param unit shown after the value ("%", "ms"); `spokenUnit` is the same in words
 * @param formatValue the newest value and the table's, with their unit; by default the number and the unit
 */
export function HealthChart(props: {
  title: string;
  unit: string;
  spokenUnit: string;
  data: ChartData;
  zone: string;
  formatValue?: (value: number) => string;
  className?: string;
}) {
  const { data, title, unit } = props;
  const scale = chartScale(data);
  const newest = lastKnown(data.points);
  const isNow = newest !== undefined && data.toMs - newest.atMs <= STILL_NOW_MS;
  const formatValue =
    props.formatValue ??
    (unit === "%" ? formatPercentFigure : (value: number) => `${formatNumber(value)}\u00a0${unit}`);
  return (
    <figure className={clsx("min-w-0", props.className)}>
      <figcaption className="flex items-baseline justify-between gap-2 text-label">
        <span className="min-w-0 truncate text-ink2" title={title}>
          {title}
        </span>
        {/* A value that is not from now would be read as one: then only its unit stands here, and the gap says why. */}
        {isNow ? <b>{formatValue(newest.value)}</b> : <span className="text-ink3">{unit}</span>}
      </figcaption>
      <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-1.5 pt-3">
        <div className="relative text-chart text-ink3">
          {axisValues(scale).map((value) => (
            <span key={value} aria-hidden="true">
              <span className="invisible block h-0">{formatNumber(value)}</span>
              <span className="absolute right-0 -translate-y-1/2" style={{ top: `${scale.y(value) * 100}%` }}>
                {formatNumber(value)}
              </span>
            </span>
          ))}
        </div>
        <ChartPlot
          data={data}
          scale={scale}
          sentence={describeChart(data, props)}
          grid="all"
          labels="inside"
          className="h-18.5"
        />
        <div className="col-start-2 pt-1">
          <ChartTable title={title} data={data} zone={props.zone} formatValue={formatValue} />
        </div>
      </div>
    </figure>
  );
}
