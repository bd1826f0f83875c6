import type { FactType, FactValue } from "../../../domain/fact/fact.ts";
import { formatBytes, formatRate } from "../../../domain/format/bytes.ts";
import { formatCount, formatNumber } from "../../../domain/format/count.ts";
import { formatDuration } from "../../../domain/format/duration.ts";
import { formatPercentFigure } from "../../../domain/format/percent.ts";
import { formatDayTime } from "../../../domain/format/time.ts";

/**
 * A fact's value as people read it, with its unit: sizes in decimal units, durations and instants in words, records as
 * `operations 120, users 4`. A value that does not have its declared type is shown as it is, never hidden.
 * @param name the fact's name, where it is one fact: the last word of it carries the unit of a plain number
 */
export function factText(type: FactType | undefined, value: FactValue, zone: string, name?: string): string {
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([key, member]) => `${key} ${typeof member === "number" ? formatCount(member) : String(member)}`)
      .join(", ");
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  // Nothing between two commas or in a column would look as if it was never measured.
  if (typeof value === "string") return value === "" ? "none" : value;
  switch (type) {
    case "size":
      return formatBytes(value);
    case "duration":
      return durationText(value);
    case "instant":
      return formatDayTime(value, zone);
    case "percent":
      return formatPercentFigure(value);
    case "count":
      return formatCount(value);
    case "number":
      return numberText(value, name ?? "");
    case "text":
    case "flag":
    case "record":
    case undefined:
      return formatNumber(value);
    default:
      return type satisfies never;
  }
}

/** Latencies live below a second, where whole seconds would say nothing. */
function durationText(ms: number): string {
  return ms < 1000 ? `${formatNumber(ms)} ms` : formatDuration(ms);
}

function numberText(value: number, name: string): string {
  if (name.endsWith("_ms")) return durationText(value);
  if (name.endsWith("bytes_per_second")) return formatRate(value);
  if (name.endsWith("_percent")) return formatPercentFigure(value);
  if (name.endsWith("_per_minute")) return `${formatNumber(value)} per minute`;
  return formatNumber(value);
}
