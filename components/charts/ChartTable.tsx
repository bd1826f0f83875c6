import { formatTime } from "../../domain/format/time.ts";
import { keyboardScrollable } from "../ui/scrollable.ts";
import type { ChartData } from "./chartData.ts";
import { chartRows } from "./chartWords.ts";

const ROWS = 13;

/** The axis of time, two labels, and between them the table behind the chart, folded. */
export function ChartTable(props: {
  title: string;
  data: ChartData;
  zone: string;
  endLabel?: string;
  formatValue: (value: number) => string;
}) {
  const { data, zone } = props;
  return (
    <details className="group relative text-chart text-ink3">
      <summary className="flex list-none justify-between gap-2 [&::-webkit-details-marker]:hidden">
        <span>{formatTime(data.fromMs, zone)}</span>
        <span className="text-ink3 underline decoration-dotted underline-offset-2 hover:text-ink">
          Values<span className="sr-only"> of {props.title}</span>
        </span>
        <span>{props.endLabel ?? formatTime(data.toMs, zone)}</span>
      </summary>
      <section
        {...keyboardScrollable}
        aria-label={`Values of ${props.title}`}
        className="mt-1 max-h-40 overflow-y-auto rounded-control border border-line"
      >
        <table className="w-full border-collapse text-label">
          <caption className="sr-only">{props.title}, newest first</caption>
          <thead className="sr-only">
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {chartRows(data, ROWS).map((row) => (
              <tr key={row.atMs} className="border-line not-last:border-b">
                <th scope="row" className="px-2 py-0.5 text-left font-normal text-ink3">
                  {formatTime(row.atMs, zone)}
                </th>
                <td className="px-2 py-0.5 text-right text-ink">
                  {row.value === undefined ? (row.words ?? "not measured") : props.formatValue(row.value)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
