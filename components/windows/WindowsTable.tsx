import { formatDayShort, formatTime, zoneName } from "../../domain/format/time.ts";
import type { WindowLine } from "../../protocol/http/windows.ts";
import type { Column } from "../ui/DataTable.tsx";
import { DataTable } from "../ui/DataTable.tsx";
import { KindBadge, StateBadge } from "../ui/StateBadge.tsx";
import { stateWordOf } from "./findWindows.ts";

const COLUMNS: readonly Column<WindowLine>[] = [
  {
    key: "title",
    header: "Window",
    isName: true,
    cell: (window) => (
      <>
        <a href={`/windows/${window.windowId}`} className="font-semibold">
          {window.title}
        </a>
        <span className="block text-ink3 text-label">{window.service.name}</span>
      </>
    ),
  },
  { key: "when", header: "When", cell: (window) => <When window={window} /> },
  { key: "type", header: "Type", cell: (window) => window.type },
  {
    key: "hosts",
    header: "Hosts",
    cell: ({ hosts }) => (
      <span className="text-ink2">{hosts.length > 2 ? `${hosts.length} hosts` : hosts.join(", ")}</span>
    ),
  },
  { key: "runbook", header: "Runbook", cell: (window) => <span className="text-ink2">{window.runbookTitle}</span> },
  {
    key: "state",
    header: "State",
    cell: (window) => (
      <span className="inline-flex flex-wrap gap-1 phone:justify-end">
        <StateBadge word={stateWordOf(window)} />
        {window.kind === "rehearsal" && <KindBadge kind="rehearsal" />}
      </span>
    ),
  },
];

/** Windows with when, what, where and how they stand. */
export function WindowsTable(props: { windows: readonly WindowLine[] }) {
  return <DataTable caption="Windows" columns={COLUMNS} items={props.windows} keyOf={(window) => window.windowId} />;
}

/** From when to when, on the clocks of the window's own zone, which is named. */
export function When(props: { window: Pick<WindowLine, "startsAt" | "endsAt" | "zone"> }) {
  const { startsAt, endsAt, zone } = props.window;
  const [day, endDay] = [formatDayShort(startsAt, zone), formatDayShort(endsAt, zone)];
  return (
    <span>
      <span className="whitespace-nowrap">{day},</span>{" "}
      <span className="whitespace-nowrap">
        {formatTime(startsAt, zone)} to {endDay === day ? "" : `${endDay}, `}
        {formatTime(endsAt, zone)}
      </span>
      <span className="block text-ink3 text-label">{zoneName(zone)}</span>
    </span>
  );
}
