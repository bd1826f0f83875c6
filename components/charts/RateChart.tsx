import clsx from "clsx";
import { formatRate } from "../../domain/format/bytes.ts";
import { ChartPlot } from "./ChartPlot.tsx";
import { ChartTable } from "./ChartTable.tsx";
import type { ChartData } from "./chartData.ts";
import { chartScale } from "./chartScale.ts";
import { describeChart } from "./chartWords.ts";
import { spreadLabels } from "./labelRoom.ts";

/** The least distance between two labels at the right: 16 of 48 px. */
const LABEL_ROOM = 0.34;

/**
 * The rate of a copy over the step so far, low and wide, its limits named at the right. The newest figure stands beside
 * it as a Figure, which is why this one has no title of its own.
 * @param endLabel what the right end of the axis says, "now" by default
 */
export function RateChart(props: {
  title?: string;
  data: ChartData;
  zone: string;
  endLabel?: string;
  spokenUnit?: string;
  formatValue?: (value: number) => string;
  className?: string;
}) {
  const { data } = props;
  const title = props.title ?? "Rate";
  const scale = chartScale(data);
  const limits = [
    ...(data.thresholds ?? []).map((limit) => ({ ...limit, look: "text-stop" })),
    ...(data.limits ?? []).map((limit) => ({ ...limit, look: "text-ink3" })),
  ];
  const places = spreadLabels(
    limits.map((limit) => scale.y(limit.value)),
    LABEL_ROOM,
  );
  const sentence = describeChart(data, { title, spokenUnit: props.spokenUnit ?? "bytes per second", zone: props.zone });
  return (
    <figure className={clsx("grid min-w-0 grid-cols-[minmax(0,1fr)_auto] gap-x-2", props.className)}>
      <ChartPlot data={data} scale={scale} sentence={sentence} grid="zero" labels="none" className="h-12" />
      <div className="relative text-chart" aria-hidden="true">
        {limits.map((limit, place) => (
          <span key={limit.label} className={limit.look}>
            <span className="invisible block h-0">{limit.label}</span>
            <span
              className="absolute left-0 -translate-y-1/2 whitespace-nowrap"
              style={{ top: `${(places[place] ?? 0) * 100}%` }}
            >
              {limit.label}
            </span>
          </span>
        ))}
      </div>
      <div className="pt-0.5">
        <ChartTable
          title={title}
          data={data}
          zone={props.zone}
          endLabel={props.endLabel ?? "now"}
          formatValue={props.formatValue ?? formatRate}
        />
      </div>
    </figure>
  );
}
