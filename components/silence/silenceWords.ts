import { formatDayShort, formatDayTime, formatTime } from "../../domain/format/time.ts";
import type { SilenceTerms } from "../../protocol/http/silence.ts";

const MINUTE_MS = 60_000;

/** An end that can be chosen: so long from now, or the latest there is. */
export interface EndChoice {
  readonly value: string;
  readonly label: string;
  readonly at: number;
}

/** The ends that can be chosen now: 10, 30 and 60 minutes on, on the full minute, as far as they are allowed; and the latest. */
export function endChoices(now: number, latestEnd: number, zone: string): readonly EndChoice[] {
  const ends = [10, 30, 60]
    .map((minutes) => ({ minutes, at: Math.ceil((now + minutes * MINUTE_MS) / MINUTE_MS) * MINUTE_MS }))
    .filter(({ at }) => at < latestEnd)
    .map(({ minutes, at }) => ({ value: String(minutes), at, label: `${minutes} min, until ${formatTime(at, zone)}` }));
  return [
    ...ends,
    { value: "latest", at: latestEnd, label: `Until ${formatTime(latestEnd, zone)}, the latest there is` },
  ];
}

/** When a silence ends: "until 03:30", "until 03:30, or until Copy is over". */
export function endText(
  { until, untilStep }: Pick<SilenceTerms, "until" | "untilStep">,
  now: number,
  zone: string,
): string {
  const isToday = formatDayShort(until, zone) === formatDayShort(now, zone);
  const at = isToday ? formatTime(until, zone) : formatDayTime(until, zone);
  return untilStep === null ? `until ${at}` : `until ${at}, or until “${untilStep.title}” is over`;
}
