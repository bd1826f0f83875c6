/** The pieces of a moment on the wall of one zone. Numbers are kept as text, already padded as they are shown. */
type WallTime = {
  readonly weekday: string;
  readonly day: string;
  readonly month: string;
  readonly year: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
};

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Building a formatter costs far more than using one, and a page formats hundreds of times a second. */
function formatterFor(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  formatters.set(zone, made);
  return made;
}

function wallTime(atMs: number, zone: string): WallTime {
  const found = new Map<string, string>();
  for (const { type, value } of formatterFor(zone).formatToParts(atMs)) found.set(type, value);
  const piece = (name: string): string => found.get(name) ?? "";
  // ICU says "Sept" in British English; every other month has three letters, and so has every column.
  return {
    weekday: piece("weekday"),
    day: piece("day"),
    month: piece("month").slice(0, 3),
    year: piece("year"),
    hour: piece("hour"),
    minute: piece("minute"),
    second: piece("second"),
  };
}

/**
 * The time of day in a zone, 24 h: "03:04".
 * @param atMs milliseconds since the epoch
 * @param zone an IANA zone such as "America/Los_Angeles"; a RangeError is thrown for one that Intl does not know
 */
export function formatTime(atMs: number, zone: string): string {
  const { hour, minute } = wallTime(atMs, zone);
  return `${hour}:${minute}`;
}

/** The time of day with seconds: "03:04:18". */
export function formatTimeSeconds(atMs: number, zone: string): string {
  const { hour, minute, second } = wallTime(atMs, zone);
  return `${hour}:${minute}:${second}`;
}

/** The time of day with milliseconds, for log lines: "03:04:15.871". */
export function formatTimeMillis(atMs: number, zone: string): string {
  const millis = ((Math.trunc(atMs) % 1000) + 1000) % 1000;
  return `${formatTimeSeconds(atMs, zone)}.${String(millis).padStart(3, "0")}`;
}

/** A day in full: "Thu 3 Dec 2026". */
export function formatDay(atMs: number, zone: string): string {
  const { weekday, day, month, year } = wallTime(atMs, zone);
  return `${weekday} ${day} ${month} ${year}`;
}

/** A day without its year, for lists: "Thu 3 Dec". */
export function formatDayShort(atMs: number, zone: string): string {
  const { weekday, day, month } = wallTime(atMs, zone);
  return `${weekday} ${day} ${month}`;
}

/** Day and time: "Thu 3 Dec 2026, 02:00". */
export function formatDayTime(atMs: number, zone: string): string {
  return `${formatDay(atMs, zone)}, ${formatTime(atMs, zone)}`;
}

/** A zone as people say it: "America/Los_Angeles" → "Los Angeles". */
export function zoneName(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

/** From when to when, its zone named once: "Thu 3 Dec 2026, 02:00 to 05:00 Los Angeles". Names both days if they differ. */
export function formatWindow(startMs: number, endMs: number, zone: string): string {
  const startDay = formatDay(startMs, zone);
  const endDay = formatDay(endMs, zone);
  const end = startDay === endDay ? formatTime(endMs, zone) : `${endDay}, ${formatTime(endMs, zone)}`;
  return `${startDay}, ${formatTime(startMs, zone)} to ${end} ${zoneName(zone)}`;
}

/** A range of moments: "03:16 to 03:24"; one that falls into a single minute is "about 03:16". */
export function formatTimeRange(earliestMs: number, latestMs: number, zone: string): string {
  const from = formatTime(Math.min(earliestMs, latestMs), zone);
  const to = formatTime(Math.max(earliestMs, latestMs), zone);
  return from === to ? `about ${from}` : `${from} to ${to}`;
}

/** The same inside a sentence: "between 03:16 and 03:24", or "at about 03:16". */
export function formatBetween(earliestMs: number, latestMs: number, zone: string): string {
  const from = formatTime(Math.min(earliestMs, latestMs), zone);
  const to = formatTime(Math.max(earliestMs, latestMs), zone);
  return from === to ? `at about ${from}` : `between ${from} and ${to}`;
}

/** A moment for the `datetime` of a time element, in UTC: "2026-12-03T11:04:18.000Z". */
export function isoInstant(atMs: number): string {
  return new Date(atMs).toISOString();
}
