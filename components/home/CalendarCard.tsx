"use client";

import clsx from "clsx";
import type { WindowLine } from "../../protocol/http/windows.ts";
import { Card } from "../ui/Card.tsx";
import { dayIn, monthGrid } from "./monthGrid.ts";
import { useReaderZone } from "./useReaderZone.ts";

const DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"] as const;
const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
] as const;

/** The month with its windows, each on its day where its own zone is. */
export function CalendarCard(props: { now: number; windows: readonly WindowLine[] }) {
  const zone = useReaderZone();
  const today = dayIn(props.now, zone);
  const [year = 1970, month = 1] = today.split("-").map(Number);
  const onDay = new Map<string, WindowLine[]>();
  for (const window of props.windows) {
    const day = dayIn(window.startsAt, window.zone);
    onDay.set(day, [...(onDay.get(day) ?? []), window]);
  }
  const name = MONTHS[month - 1];
  return (
    <Card title={`${name} ${year}`}>
      <div className="px-4 pb-4">
        <table className="w-full table-fixed border-collapse text-label">
          <caption className="sr-only">Windows in {name}</caption>
          <thead>
            <tr>
              <th scope="col" className="w-8 pb-1.5 font-medium text-ink3">
                <span className="sr-only">Week</span>
              </th>
              {DAYS.map((day) => (
                <th key={day} scope="col" className="pb-1.5 font-medium text-ink3">
                  {day}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {monthGrid(year, month).map(({ week, days }) => (
              <tr key={week}>
                <th scope="row" className="border-line border-t text-left font-normal text-chart text-ink3">
                  {week}
                </th>
                {DAYS.map((weekday, at) => (
                  <Day
                    key={weekday}
                    day={days[at] ?? null}
                    isToday={days[at] === today}
                    windows={onDay.get(days[at] ?? "") ?? []}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Day(props: { day: string | null; isToday: boolean; windows: readonly WindowLine[] }) {
  const { day, isToday, windows } = props;
  const [first, ...more] = windows;
  const number = day === null ? "" : Number(day.slice(8));
  const look = "relative block h-7 px-1 py-0.5 text-chart touch:h-11";
  return (
    <td
      aria-current={isToday ? "date" : undefined}
      className={clsx(
        "border-line border-t border-l p-0 align-top",
        isToday ? "font-semibold text-ink outline-2 outline-ink -outline-offset-2" : "text-ink3",
      )}
    >
      {first === undefined ? (
        <span className={look}>{number}</span>
      ) : (
        <a
          href={more.length === 0 ? `/windows/${first.windowId}` : "/windows"}
          title={windows.map(({ title }) => title).join(", ")}
          className={clsx(look, "-outline-offset-2 text-ink hover:bg-sunken hover:no-underline")}
        >
          {number}
          <span className="sr-only">: {windows.map(({ title }) => title).join(", ")}</span>
          <span
            aria-hidden="true"
            className={clsx(
              "absolute inset-x-1 bottom-1 h-1 rounded-[0.125rem]",
              isToday ? "bg-move" : "bg-edge",
              more.length > 0 && "h-1.5",
            )}
          />
        </a>
      )}
    </td>
  );
}
