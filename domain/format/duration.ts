const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MINUS = "\u2212";

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/**
 * A duration that ticks, "27:50" or "1:55:42". Whole seconds, rounded down; a negative one has a real minus sign.
 * @param hours "always" keeps the hours of a T+ clock in place from the start: "0:33:12".
 */
export function formatTicking(durationMs: number, hours: "always" | "when needed" = "when needed"): string {
  const seconds = Math.floor(Math.abs(durationMs) / SECOND_MS);
  const sign = durationMs < 0 && seconds > 0 ? MINUS : "";
  const wholeHours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  if (wholeHours === 0 && hours === "when needed") return `${sign}${minutes}:${two(seconds % 60)}`;
  return `${sign}${wholeHours}:${two(minutes)}:${two(seconds % 60)}`;
}

/** How far apart two durations are, always signed: "+2:39", "−1:05", "0:00". */
export function formatDifference(differenceMs: number): string {
  const text = formatTicking(differenceMs);
  return differenceMs >= SECOND_MS ? `+${text}` : text;
}

/**
 * A duration that does not tick, in the two units that matter: "40 s", "7 min 20 s", "73 min", "2 h 26 min", "3 d 4 h".
 * Negative ones lose their sign; the words around them say which way.
 */
export function formatDuration(durationMs: number): string {
  const size = Math.abs(durationMs);
  if (size < MINUTE_MS) return `${Math.round(size / SECOND_MS)} s`;
  if (size < 10 * MINUTE_MS) {
    const seconds = Math.round(size / SECOND_MS);
    return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
  const minutes = Math.round(size / MINUTE_MS);
  if (minutes < 120) return `${minutes} min`;
  if (size < 2 * DAY_MS) {
    return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }
  const hours = Math.round(size / HOUR_MS);
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/**
 * An estimate, always a range: "14 to 20 min", "40 to 90 s", "2 h 10 min to 2 h 26 min". Rounded outwards, so that the
 * truth lies inside; when both ends come out equal it says "about 14 min".
 */
export function formatDurationRange(shortestMs: number, longestMs: number): string {
  const [low, high] = shortestMs <= longestMs ? [shortestMs, longestMs] : [longestMs, shortestMs];
  if (high < 2 * MINUTE_MS) {
    const step = 5 * SECOND_MS;
    const from = (Math.floor(Math.max(0, low) / step) * step) / SECOND_MS;
    const to = Math.max(5, (Math.ceil(high / step) * step) / SECOND_MS);
    return from === to ? `about ${from} s` : `${from} to ${to} s`;
  }
  const from = Math.floor(Math.max(0, low) / MINUTE_MS);
  const to = Math.ceil(high / MINUTE_MS);
  if (from === to) return `about ${formatDuration(from * MINUTE_MS)}`;
  if (to < 120) return `${from} to ${to} min`;
  return `${formatDuration(from * MINUTE_MS)} to ${formatDuration(to * MINUTE_MS)}`;
}

/** How old something is, one coarse unit, without "ago": "0.2 s", "14 s", "2 min", "11 h", "3 d". Never "just now". */
export function formatAge(ageMs: number): string {
  const size = Math.max(0, ageMs);
  if (size < SECOND_MS) return `${(Math.floor(size / 100) / 10).toFixed(1)} s`;
  if (size < 100 * SECOND_MS) return `${Math.floor(size / SECOND_MS)} s`;
  if (size < 100 * MINUTE_MS) return `${Math.floor(size / MINUTE_MS)} min`;
  if (size < 48 * HOUR_MS) return `${Math.floor(size / HOUR_MS)} h`;
  return `${Math.floor(size / DAY_MS)} d`;
}

/** The same as an ISO 8601 duration for the `datetime` of a time element: "PT14S". */
export function isoDuration(durationMs: number): string {
  return `PT${Math.max(0, Math.round(durationMs / SECOND_MS))}S`;
}

/** In words for a screen reader: "1 hour 55 minutes", "27 minutes 50 seconds". */
export function speakDuration(durationMs: number): string {
  const seconds = Math.floor(Math.abs(durationMs) / SECOND_MS);
  const parts: readonly (readonly [number, string])[] =
    seconds >= 3600
      ? [
          [Math.floor(seconds / 3600), "hour"],
          [Math.floor(seconds / 60) % 60, "minute"],
        ]
      : [
          [Math.floor(seconds / 60), "minute"],
          [seconds % 60, "second"],
        ];
  const spoken = parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}${amount === 1 ? "" : "s"}`);
  return spoken.length === 0 ? "0 seconds" : spoken.join(" ");
}
