import { formatBytes } from "../format/bytes.ts";
import { formatCount, formatNumber } from "../format/count.ts";
import { formatDuration } from "../format/duration.ts";
import { formatPercentFigure } from "../format/percent.ts";
import { formatDay, formatDayTime, formatTime, zoneName } from "../format/time.ts";

/** Turns a value into the words of a reader; undefined where it is not of the kind that the filter takes. */
export type TemplateFilter = (value: unknown, argument: unknown) => string | undefined;

const ofNumber =
  (format: (value: number) => string): TemplateFilter =>
  (value) =>
    typeof value === "number" && Number.isFinite(value) ? format(value) : undefined;

const inZone =
  (format: (atMs: number, zone: string) => string): TemplateFilter =>
  (value, zone) => {
    if (typeof value !== "number" || typeof zone !== "string") return undefined;
    try {
      return format(value, zone);
    } catch {
      // A zone that Intl does not know.
      return undefined;
    }
  };

/** The filters of templates, all of them. Sizes are bytes, durations and instants milliseconds; `time`, `day` and `moment` take a zone. */
export const TEMPLATE_FILTERS: Readonly<Record<string, TemplateFilter>> = {
  bytes: ofNumber(formatBytes),
  duration: ofNumber(formatDuration),
  number: ofNumber(formatNumber),
  count: ofNumber(formatCount),
  percent: ofNumber(formatPercentFigure),
  time: inZone(formatTime),
  day: inZone(formatDay),
  moment: inZone(formatDayTime),
  zone: (value) => (typeof value === "string" ? zoneName(value) : undefined),
  yes_no: (value) => (typeof value === "boolean" ? (value ? "yes" : "no") : undefined),
  upcase: (value) => (typeof value === "string" ? value.toUpperCase() : undefined),
};
