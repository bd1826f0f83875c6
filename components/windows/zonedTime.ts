import { Temporal } from "temporal-polyfill";

/** Which of the two is meant where the clocks go back and a time comes twice. */
export type Which = "first" | "second";

/** A day and a time as typed, on the clocks of a zone: the moment they name, or what is wrong with which of the two. */
export type ZonedTime =
  | {
      readonly ok: true;
      readonly atMs: number;
      /** The time comes twice that night; each with its distance from UTC: "UTC−7". */
      readonly twice?: { readonly first: string; readonly second: string };
    }
  | { readonly ok: false; readonly field: "date" | "time" | "zone"; readonly words: string };

/**
 * Reads a day (`2026-03-08`) and a time (`02:30`, `2.30` or `0230`) on the clocks of an IANA zone. A time that the clocks skip that night is
 * refused and says so; of a time that comes twice the first is taken, unless `which` says otherwise.
 */
export function readZonedTime(date: string, time: string, zone: string, which: Which): ZonedTime {
  if (!isZone(zone))
    return { ok: false, field: "zone", words: "There is no such zone. Choose one such as Europe/Berlin." };
  const day = /^\d{4}-\d{2}-\d{2}$/.test(date) ? plainDate(date) : undefined;
  if (day === undefined) return { ok: false, field: "date", words: "Choose a day." };
  const clock = readTime(time);
  if (clock === undefined) return { ok: false, field: "time", words: "Write a time, 00:00 to 23:59." };
  const local = day.toPlainDateTime(clock);
  const first = local.toZonedDateTime(zone, { disambiguation: "earlier" });
  const second = local.toZonedDateTime(zone, { disambiguation: "later" });
  if (first.epochMilliseconds === second.epochMilliseconds) return { ok: true, atMs: first.epochMilliseconds };
  if (!first.toPlainDateTime().equals(local)) {
    return { ok: false, field: "time", words: skippedWords(clock, first) };
  }
  const twice = { first: offsetWords(first), second: offsetWords(second) };
  return { ok: true, atMs: (which === "first" ? first : second).epochMilliseconds, twice };
}

/** True for a zone that this browser knows. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    // A bare distance ("+02:00") is no zone: it knows nothing of summer and winter.
    return /^(UTC|[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+)$/.test(zone);
  } catch {
    return false;
  }
}

/** The zones one can choose from, with UTC. */
export function knownZones(): readonly string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC" && isZone(zone))];
}

/** How the clocks of a zone change between two moments, in one sentence; undefined where they don't. */
export function clockChange(startMs: number, endMs: number, zone: string): string | undefined {
  const start = Temporal.Instant.fromEpochMilliseconds(startMs).toZonedDateTimeISO(zone);
  const next = start.getTimeZoneTransition("next");
  if (next === null || next.epochMilliseconds >= endMs) return undefined;
  const before = next.subtract({ nanoseconds: 1 }).toPlainTime().add({ nanoseconds: 1 });
  return `The clocks change in this window, from ${hhmm(before)} to ${hhmm(next.toPlainTime())}.`;
}

/** The day and time that a moment is on the clocks of a zone, as the fields take them. */
export function toFields(atMs: number, zone: string): { readonly date: string; readonly time: string } {
  const local = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone);
  return { date: local.toPlainDate().toString(), time: hhmm(local.toPlainTime()) };
}

function plainDate(text: string): Temporal.PlainDate | undefined {
  try {
    return Temporal.PlainDate.from(text, { overflow: "reject" });
  } catch {
    return undefined;
  }
}

function readTime(text: string): Temporal.PlainTime | undefined {
  const match = /^(\d{1,2})[:.]?(\d{2})$/.exec(text.trim());
  const [hour, minute] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || hour > 23 || minute > 59) return undefined;
  return Temporal.PlainTime.from({ hour, minute });
}

/** `before` is the wanted time read with the distance from UTC that held after the gap: it lies just before the change. */
function skippedWords(wanted: Temporal.PlainTime, before: Temporal.ZonedDateTime): string {
  const change = before.getTimeZoneTransition("next");
  const said = `${hhmm(wanted)} does not exist that night`;
  if (change === null) return `${said}: the clocks skip it.`;
  const from = change.subtract({ nanoseconds: 1 }).toPlainTime().add({ nanoseconds: 1 });
  return `${said}: the clocks go from ${hhmm(from)} to ${hhmm(change.toPlainTime())}.`;
}

function hhmm(time: Temporal.PlainTime): string {
  return time.toString({ smallestUnit: "minute" });
}

function offsetWords(moment: Temporal.ZonedDateTime): string {
  const minutes = Math.round(moment.offsetNanoseconds / 60_000_000_000);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "\u2212" : "+"}${hours}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}
