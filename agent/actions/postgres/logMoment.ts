import { readlink } from "node:fs/promises";

const MOMENT =
  /^\W?(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,6}))?\s?(Z\b|UTC\b|GMT\b|[+-]\d\d(?::?\d\d)?\b|[A-Z]{2,5}\b)?/;

/**
 * The moment at the beginning of a log line, in ms since the epoch, as PostgreSQL (`2026-12-03 02:36:28.123 CET`) and most services
 * write it; undefined for none. A zone's short name says little (there are three CST): the time is then taken as the wall clock's in
 * `zone`. Without any it is UTC.
 */
export function momentOf(line: string, zone: string): number | undefined {
  const match = MOMENT.exec(line);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "", written = "Z"] = match;
  const ms = Math.floor(Number(`0.${fraction || "0"}`) * 1000);
  const asUtc =
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) + ms;
  if (/^(?:Z|UTC|GMT)$/.test(written)) return asUtc;
  const offset = /^([+-])(\d\d):?(\d\d)?$/.exec(written);
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
    return asUtc - (offset[1] === "-" ? -1 : 1) * minutes * 60_000;
  }
  // Twice, since the offset is that of the moment which is looked for.
  const guess = asUtc - offsetOf(asUtc, zone);
  return asUtc - offsetOf(guess, zone);
}

/** Making one takes longer than using it a hundred times, and a log has many lines. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(zone, made);
  return made;
}

/** How far the wall clocks of a zone are ahead of UTC at a moment (ms); 0 for a zone that is not known here. */
function offsetOf(at: number, zone: string): number {
  try {
    const parts = new Map(
      formatOf(zone)
        .formatToParts(at)
        .map(({ type, value }) => [type, Number(value)]),
    );
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
    const day = Date.UTC(part("year"), part("month") - 1, part("day"));
    return day + ((part("hour") * 60 + part("minute")) * 60 + part("second") - Math.floor(at / 1000)) * 1000;
  } catch (error) {
    if (error instanceof RangeError) return 0;
    throw error;
  }
}

/** The zone that this host's wall clock shows: what programs log in unless they were told otherwise. */
export async function hostZone(): Promise<string> {
  const link = await readlink("/etc/localtime").catch(() => "");
  return /zoneinfo\/(.+)$/.exec(link)?.[1] ?? "UTC";
}
