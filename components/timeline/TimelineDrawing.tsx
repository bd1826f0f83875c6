import clsx from "clsx";
import type { Diamond, TimelineLayout } from "./layoutTimeline.ts";
import type { ActualBar } from "./timelineBars.ts";
import type { PlacedLabel } from "./timelineLabels.ts";
import type { TimelineRows } from "./timelineRows.ts";

const TEXT_TONE = { ink: "fill-ink font-semibold", ink2: "fill-ink2", back: "fill-back font-semibold" } as const;

const BAR_LOOK = {
  done: { body: "fill-surface stroke-edge", done: "fill-ink2" },
  running: { body: "fill-move-wash stroke-move", done: "fill-move" },
  held: { body: "fill-ask-wash stroke-ask", done: "fill-ask" },
  failed: { body: "fill-stop-wash stroke-stop", done: "fill-stop" },
  future: { body: "fill-surface stroke-edge", done: "fill-ink2" },
  skipped: { body: "fill-sunken stroke-line", done: "fill-ink2" },
  unknown: { body: "fill-surface stroke-edge", done: "fill-surface" },
  back: { body: "fill-back-wash stroke-back", done: "fill-back" },
} as const satisfies Record<ActualBar["look"], { body: string; done: string }>;

const REST_TEXT = {
  done: "fill-ink2",
  running: "fill-move",
  held: "fill-ask",
  failed: "fill-stop",
  future: "fill-ink2",
  skipped: "fill-ink3",
  unknown: "fill-ink2",
  back: "fill-back",
} as const satisfies Record<ActualBar["look"], string>;

/**
 * Draws a laid-out timeline as SVG: planned outlined above, below it done dark, running in `move`, the rest of the step
 * washed, what is ahead dashed, the P90 tail hatched. Draws only; it measures and decides nothing.
 */
export function TimelineDrawing(props: {
  layout: TimelineLayout;
  rows: TimelineRows;
  widthPx: number;
  fontPx: number;
  hatchId: string;
  sentence: string;
}) {
  const { layout, rows, widthPx, fontPx, hatchId } = props;
  const laneTop = rows.planned?.top ?? rows.actual.top;
  return (
    <svg
      viewBox={`0 0 ${widthPx} ${rows.height}`}
      role="img"
      aria-label={props.sentence}
      className="block h-auto w-full overflow-visible"
      fontSize={fontPx}
    >
      <defs>
        <pattern id={hatchId} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="2" height="6" className="fill-edge" opacity="0.55" />
        </pattern>
      </defs>
      {layout.pnrX !== undefined && layout.endX > layout.pnrX && (
        <rect
          x={layout.pnrX}
          y={laneTop}
          width={layout.endX - layout.pnrX}
          height={rows.axis - laneTop}
          className="fill-sunken"
        />
      )}
      {layout.ticks.map((tick) => (
        <g key={tick.x}>
          <line
            x1={tick.x}
            x2={tick.x}
            y1={tick.label === undefined ? rows.axis - 4 : laneTop - 4}
            y2={rows.axis}
            className="stroke-line"
          />
          {tick.label !== undefined && (
            <text x={tick.label.x} y={rows.tickText} textAnchor="middle" className="fill-ink3">
              {tick.label.text}
            </text>
          )}
        </g>
      ))}
      {rows.names.map((name) => (
        <text key={name.text} x={0} y={name.y} className={name.isStrong ? "fill-ink font-semibold" : "fill-ink3"}>
          {name.text}
        </text>
      ))}
      {rows.planned && <PlannedLane layout={layout} lane={rows.planned} fontPx={fontPx} />}
      {layout.actual.map((bar) => (
        <ActualLaneBar key={bar.id} bar={bar} lane={rows.actual} fontPx={fontPx} hatchId={hatchId} />
      ))}
      {layout.actualGates.map((gate) => (
        <GateDiamond key={gate.id} gate={gate} lane={rows.actual} />
      ))}
      {layout.finishX !== undefined && <Line x={layout.finishX} from={rows.stems} to={rows.axis - 8} width={1.5} />}
      {layout.pnrX !== undefined && (
        <line
          x1={layout.pnrX}
          x2={layout.pnrX}
          y1={rows.stems}
          y2={rows.axis}
          strokeWidth="1.5"
          strokeDasharray="5 3"
          className="stroke-back"
        />
      )}
      <Line x={layout.endX} from={rows.stems} to={rows.axis} width={1.5} />
      {layout.nowX !== undefined && (
        <>
          <Line x={layout.nowX} from={rows.stems} to={rows.axis + 4} width={2} />
          <path d={`M${layout.nowX - 5} ${rows.stems - 2}h10l-5 7z`} className="fill-ink" />
        </>
      )}
      {layout.labels.map((label) => (
        <TopLabel key={label.id} label={label} titleY={rows.title} detailY={rows.detail} />
      ))}
    </svg>
  );
}

type Lane = TimelineRows["actual"];

function Line(props: { x: number; from: number; to: number; width: number }) {
  return (
    <line x1={props.x} x2={props.x} y1={props.from} y2={props.to} strokeWidth={props.width} className="stroke-ink" />
  );
}

function baseline(lane: Lane, fontPx: number): number {
  return lane.top + lane.height / 2 + fontPx * 0.36;
}

function BarText(props: {
  bar: { left: number; width: number; text: string; isCentred: boolean };
  left?: number;
  width?: number;
  y: number;
  fontPx: number;
  className: string;
}) {
  const left = props.left ?? props.bar.left;
  const width = props.width ?? props.bar.width;
  return (
    <text
      x={props.bar.isCentred ? left + width / 2 : left + props.fontPx / 2}
      y={props.y}
      textAnchor={props.bar.isCentred ? "middle" : "start"}
      className={props.className}
    >
      {props.bar.text}
    </text>
  );
}

function PlannedLane(props: { layout: TimelineLayout; lane: Lane; fontPx: number }) {
  const { lane, fontPx } = props;
  return (
    <>
      {props.layout.planned.map((bar) => (
        <g key={bar.id}>
          <rect
            x={bar.left}
            y={lane.top}
            width={bar.width}
            height={lane.height}
            rx="2"
            className="fill-surface stroke-edge"
          />
          <BarText bar={bar} y={baseline(lane, fontPx)} fontPx={fontPx} className="fill-ink3 font-medium" />
        </g>
      ))}
      {props.layout.plannedGates.map((gate) => (
        <path
          key={gate.id}
          d={diamond(gate.x, lane.top + lane.height / 2, lane.height / 3)}
          className="fill-surface stroke-edge"
        />
      ))}
    </>
  );
}

function ActualLaneBar(props: { bar: ActualBar; lane: Lane; fontPx: number; hatchId: string }) {
  const { bar, lane, hatchId } = props;
  const look = BAR_LOOK[bar.look];
  const box = { y: lane.top, height: lane.height, rx: 2 };
  const isOnDone = bar.textOn === "done";
  return (
    <g>
      {bar.tailWidth > 0 && (
        <rect
          x={bar.left + bar.width}
          y={lane.top}
          width={bar.tailWidth}
          height={lane.height}
          fill={`url(#${hatchId})`}
        />
      )}
      {bar.look !== "done" && (
        <rect
          {...box}
          x={bar.left}
          width={bar.width}
          strokeDasharray={bar.look === "future" || bar.look === "unknown" ? "3 2" : undefined}
          className={look.body}
        />
      )}
      {bar.look === "unknown" && <rect {...box} x={bar.left} width={bar.width} fill={`url(#${hatchId})`} />}
      {bar.doneWidth > 0 && bar.look !== "unknown" && (
        <rect {...box} x={bar.left} width={bar.doneWidth} className={look.done} />
      )}
      <BarText
        bar={bar}
        left={isOnDone || bar.look === "future" || bar.look === "skipped" ? bar.left : bar.left + bar.doneWidth}
        width={isOnDone ? bar.doneWidth : bar.width - bar.doneWidth}
        y={baseline(lane, props.fontPx)}
        fontPx={props.fontPx}
        className={clsx(
          bar.look === "running" ? "font-semibold" : "font-medium",
          isOnDone && bar.look !== "unknown" ? (bar.look === "done" ? "fill-surface" : "fill-on") : REST_TEXT[bar.look],
          bar.look === "skipped" && "line-through",
        )}
      />
    </g>
  );
}

function diamond(x: number, y: number, radius: number): string {
  return `M${x} ${y - radius}l${radius} ${radius}l${-radius} ${radius}l${-radius} ${-radius}z`;
}

const GATE_LOOK = {
  ahead: "fill-surface stroke-ink2",
  waiting: "fill-ask-wash stroke-ask",
  open: "fill-good stroke-good",
  nogo: "fill-surface stroke-stop",
} as const satisfies Record<Diamond["state"], string>;

function GateDiamond(props: { gate: Diamond; lane: Lane }) {
  const { gate, lane } = props;
  const y = lane.top + lane.height / 2;
  const radius = lane.height * 0.31;
  const arm = radius * 0.36;
  return (
    <g strokeWidth="1.75" className={GATE_LOOK[gate.state]}>
      <path d={diamond(gate.x, y, radius)} />
      {gate.state === "nogo" && (
        <path d={`M${gate.x - arm} ${y - arm}l${2 * arm} ${2 * arm}m0 ${-2 * arm}l${-2 * arm} ${2 * arm}`} />
      )}
    </g>
  );
}

function TopLabel(props: { label: PlacedLabel; titleY: number; detailY: number }) {
  const { label } = props;
  return (
    <>
      <text x={label.x} y={props.titleY} textAnchor={label.anchor} className={TEXT_TONE[label.tone]}>
        {label.title}
      </text>
      {label.detail !== undefined && (
        <text x={label.x} y={props.detailY} textAnchor={label.anchor} className="fill-ink3">
          {label.detail}
        </text>
      )}
    </>
  );
}
