/** One week of a month: its ISO number, and its days as `2026-12-03`, Monday first; null where it is another month's. */
export interface GridWeek {
  readonly week: number;
  readonly days: readonly (string | null)[];
}

const DAY_MS = 86_400_000;

/** The weeks of a month. @param month 1 to 12 */
export function monthGrid(year: number, month: number): readonly GridWeek[] {
  const first = Date.UTC(year, month - 1, 1);
  const count = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const lead = weekday(first);
  const weeks = Math.ceil((lead + count) / 7);
  return Array.from({ length: weeks }, (_, row) => {
    const monday = first + (row * 7 - lead) * DAY_MS;
    const days = Array.from({ length: 7 }, (_day, at) => {
      const day = row * 7 + at - lead;
      return day < 0 || day >= count ? null : isoDay(first + day * DAY_MS);
    });
    return { week: isoWeek(monday), days };
  });
}

/** The day that a moment falls on, on the clocks of a zone: `2026-12-03`. */
export function dayIn(atMs: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(atMs);
  const piece = (type: string): string => parts.find((part) => part.type === type)?.value ?? "";
  return `${piece("year")}-${piece("month")}-${piece("day")}`;
}

/** 0 for Monday to 6 for Sunday. */
function weekday(utcMs: number): number {
  return (new Date(utcMs).getUTCDay() + 6) % 7;
}

/** The number of the week that a Monday begins: that of the year which its Thursday is in. */
function isoWeek(mondayMs: number): number {
  const thursday = mondayMs + 3 * DAY_MS;
  const newYear = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1);
  return Math.floor((thursday - newYear) / (7 * DAY_MS)) + 1;
}

function isoDay(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 10);
}
