import { formatDayShort, formatTime } from "../../domain/format/time.ts";

/** Until when, with the day where that is not today: "until 06:00", "until Wed 2 Dec, 06:00". */
export function untilText(atMs: number, now: number, zone: string): string {
  const day = formatDayShort(atMs, zone);
  return day === formatDayShort(now, zone)
    ? `until ${formatTime(atMs, zone)}`
    : `until ${day}, ${formatTime(atMs, zone)}`;
}
