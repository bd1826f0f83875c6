"use client";

import clsx from "clsx";
import { memo, useId, useLayoutEffect, useRef, useState } from "react";
import { keyboardScrollable } from "../ui/scrollable.ts";
import { layoutTimeline } from "./layoutTimeline.ts";
import { TimelineDrawing } from "./TimelineDrawing.tsx";
import type { TimelineData } from "./timelineData.ts";
import { timelineRows } from "./timelineRows.ts";
import { describeTimeline, timelineTable } from "./timelineWords.ts";

/** Until the page has measured itself: the Run page at 1440, where nothing then moves. */
const FIRST_SIZE = { widthPx: 1392, fontPx: 11 };
const NARROW_EM = 50;

/**
 * Planned against actual and forecast, over the whole window. Follows its own width and the reader's text size; labels
 * never overlap. Behind it, for whoever cannot see it, a sentence and a table.
 * @param zone the IANA zone in which times are named
 * @param lanes `actual` for the wall, which shows one lane
 */
export const Timeline = memo(function Timeline(props: {
  data: TimelineData;
  zone: string;
  lanes?: "both" | "actual";
  className?: string;
}) {
  const { data, zone } = props;
  const [size, setSize] = useState(FIRST_SIZE);
  const frameRef = useRef<HTMLDivElement>(null);
  const id = useId();

  useLayoutEffect(() => {
    const frame = frameRef.current;
    if (!frame) return;
    const observer = new ResizeObserver(() => {
      const fontPx = Number.parseFloat(getComputedStyle(frame).fontSize);
      setSize({ widthPx: Math.max(200, Math.floor(frame.clientWidth)), fontPx });
    });
    observer.observe(frame);
    return () => observer.disconnect();
  }, []);

  const { widthPx, fontPx } = size;
  const lanes = props.lanes ?? "both";
  const hasGutter = lanes === "both" && widthPx > NARROW_EM * fontPx;
  const layout = layoutTimeline(data, { widthPx, fontPx, zone, gutterPx: hasGutter ? fontPx * 6.5 : 0 });
  return (
    <div className={clsx("relative", props.className)}>
      <div ref={frameRef} className="text-chart">
        <TimelineDrawing
          layout={layout}
          rows={timelineRows(fontPx, hasGutter, lanes)}
          widthPx={widthPx}
          fontPx={fontPx}
          hatchId={`${id}-hatch`}
          sentence={describeTimeline(data, zone)}
        />
      </div>
      <TimelineTable data={data} zone={zone} place={lanes === "actual" ? "hidden" : hasGutter ? "gutter" : "below"} />
    </div>
  );
});

/** The table behind the timeline: folded, or on the wall, which has no controls, for screen readers only. */
function TimelineTable(props: { data: TimelineData; zone: string; place: "gutter" | "below" | "hidden" }) {
  if (props.place === "hidden") {
    return (
      <div className="sr-only">
        <TableItself data={props.data} zone={props.zone} />
      </div>
    );
  }
  return (
    <details className="text-chart text-ink3">
      <summary
        className={clsx(
          "inline-flex min-h-6 items-center list-none underline decoration-dotted underline-offset-2 hover:text-ink [&::-webkit-details-marker]:hidden",
          props.place === "gutter" && "absolute bottom-0 left-0",
        )}
      >
        Values<span className="sr-only"> of the timeline</span>
      </summary>
      <section
        {...keyboardScrollable}
        aria-label="Values of the timeline"
        className="mt-1 max-h-80 overflow-y-auto rounded-control border border-line bg-surface"
      >
        <TableItself data={props.data} zone={props.zone} />
      </section>
    </details>
  );
}

const COLUMNS = ["Step", "State", "Planned", "Actual or expected"];

function TableItself(props: { data: TimelineData; zone: string }) {
  return (
    <table className="w-full border-collapse text-label">
      <caption className="sr-only">Timeline</caption>
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <th key={column} scope="col" className="px-2 py-1 text-left font-medium">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {timelineTable(props.data, props.zone).map((row) => (
          <tr key={row.id} className="border-line border-t">
            <th scope="row" className="px-2 py-1 text-left font-normal text-ink">
              {row.name}
            </th>
            <td className="px-2 py-1">{row.state}</td>
            <td className="px-2 py-1">{row.planned}</td>
            <td className="px-2 py-1 text-ink">{row.actual}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
