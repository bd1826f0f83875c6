import type { FactType, FactValue } from "../../../domain/fact/fact.ts";
import { formatBytes } from "../../../domain/format/bytes.ts";
import { formatCount, formatNumber } from "../../../domain/format/count.ts";
import { formatDuration } from "../../../domain/format/duration.ts";
import { formatPercentFigure } from "../../../domain/format/percent.ts";
import { formatDayTime } from "../../../domain/format/time.ts";

/**
 * A fact's value as people read it, with its unit: sizes in decimal units, durations and instants in words, records as
 * `operations 120, users 4`. A value that does not have its declared type is shown as it is, never hidden.
 */
export function factText(type: FactType | undefined, value: FactValue, zone: string): string {
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([key, member]) => `${key} ${typeof member === "number" ? formatCount(member) : String(member)}`)
      .join(", ");
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  switch (type) {
    case "size":
      return formatBytes(value);
    case "duration":
      // Latencies live below a second, where whole seconds would say nothing.
      return value < 1000 ? `${formatNumber(value)} ms` : formatDuration(value);
    case "instant":
      return formatDayTime(value, zone);
    case "percent":
      return formatPercentFigure(value);
    case "count":
      return formatCount(value);
    case "number":
    case "text":
    case "flag":
    case "record":
    case undefined:
      return formatNumber(value);
    default:
      return type satisfies never;
  }
}
