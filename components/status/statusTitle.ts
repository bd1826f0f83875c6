import { formatBetween, formatDayShort, formatTime, zoneName } from "../../domain/format/time.ts";
import type { StatusView, StatusWindow } from "../../protocol/http/status.ts";

/** The title of the public page: what a user can do now, not what we do. */
export function statusTitle(view: StatusView): string {
  const [one, ...more] = view.current;
  if (one !== undefined && more.length === 0) return windowTitle(one);
  if (one !== undefined) {
    const names = [...new Set(view.current.map(({ service }) => service))];
    return `Maintenance is going on: ${names.join(", ")}.`;
  }
  if (view.services.length === 0) return "There is nothing to tell yet.";
  return view.services.length === 1 ? `${view.services[0]?.name ?? ""} works.` : "Everything works.";
}

/** One sentence or two about a window that goes on: what users notice, and what to expect when. */
export function windowTitle(window: StatusWindow): string {
  return window.forUsers ?? `${window.service} is being worked on.`;
}

/** The sentence below: when it ends, and whether that is what was told. */
export function windowSentence(window: StatusWindow, now: number): string {
  const told = timeNear(window.endsAt, now, window.zone);
  if (window.expectedFrom === null || window.expectedTo === null) {
    return `Planned maintenance of ${window.service}, announced until ${told}.`;
  }
  const expected = formatBetween(window.expectedFrom, window.expectedTo, window.zone);
  const isLate = window.state === "late" || window.expectedTo > window.endsAt;
  return isLate
    ? `Planned maintenance of ${window.service}. It takes longer than announced: we expect to be done ${expected}.`
    : `Planned maintenance of ${window.service}. It goes as announced: we expect to be done ${expected}.`;
}

/** A moment as short as it can be: the time today, day and time on another day. */
export function timeNear(atMs: number, now: number, zone: string): string {
  const day = formatDayShort(atMs, zone);
  const time = formatTime(atMs, zone);
  return day === formatDayShort(now, zone) ? time : `${day}, ${time}`;
}

/** From when to when a planned window is, in its own zone, named: "Thu 3 Dec, 02:00 to 05:00, Los Angeles time". */
export function plannedTime(window: Pick<StatusWindow, "startsAt" | "endsAt" | "zone">): string {
  const { startsAt, endsAt, zone } = window;
  const [startDay, endDay] = [formatDayShort(startsAt, zone), formatDayShort(endsAt, zone)];
  const end = startDay === endDay ? formatTime(endsAt, zone) : `${endDay}, ${formatTime(endsAt, zone)}`;
  return `${startDay}, ${formatTime(startsAt, zone)} to ${end}, ${zoneName(zone)} time`;
}
