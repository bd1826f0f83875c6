import { formatBytes, formatBytesOf, formatRate, speakBytesOf } from "../../domain/format/bytes.ts";
import { formatCount, formatCountOf, formatNumber } from "../../domain/format/count.ts";
import { formatDurationRange } from "../../domain/format/duration.ts";
import { formatPercent, speakPercent } from "../../domain/format/percent.ts";
import { formatBetween } from "../../domain/format/time.ts";
import type { Progress } from "../../protocol/agent.ts";
import type { NowStep } from "./nowStep.ts";

/** How far a step is, in figures and words. A share never stands without what it is a share of. */
export interface ProgressFigures {
  /** 0 to 1; undefined where the whole is not known. */
  readonly share: number | undefined;
  readonly percent: string | undefined;
  /** "29.28 of 48.00 GB", "1,842 of 3,017 files", or what is done where the whole is not known. */
  readonly amount: string;
  readonly spokenAmount: string;
  readonly rate: { readonly value: string; readonly unit: string } | undefined;
  readonly average: string | undefined;
  readonly files: { readonly done: string; readonly total: string | undefined } | undefined;
  readonly item: string | undefined;
}

const UNIT_WORDS = { bytes: "bytes", files: "files", rows: "rows", steps: "parts" } as const;

/** The figures of a progress that a host reported. Values that can't be (more than all of it) are cut to their range. */
export function progressFigures(progress: Progress, beganAt: number | null, atMs: number): ProgressFigures {
  const { done, total, unit, ratePerSecond } = progress;
  const isKnown = total !== undefined && total > 0;
  const share = isKnown ? Math.min(1, done / total) : undefined;
  const shown = isKnown ? Math.min(done, total) : done;
  const seconds = beganAt === null ? 0 : (atMs - beganAt) / 1000;
  const average = seconds > 1 && done > 0 ? done / seconds : undefined;
  return {
    share,
    percent: share === undefined ? undefined : formatPercent(share),
    amount: amountText(shown, isKnown ? total : undefined, unit),
    spokenAmount: unit === "bytes" && isKnown ? speakBytesOf(shown, total) : amountText(shown, total, unit),
    rate: ratePerSecond === undefined ? undefined : rateText(ratePerSecond, unit),
    average: average === undefined ? undefined : averageText(average, unit),
    files:
      unit !== "files" && progress.filesDone !== undefined
        ? {
            done: formatCount(progress.filesDone),
            total: progress.filesTotal === undefined ? undefined : formatCount(progress.filesTotal),
          }
        : undefined,
    item: progress.item,
  };
}

function amountText(done: number, total: number | undefined, unit: Progress["unit"]): string {
  if (unit === "bytes") return total === undefined ? formatBytes(done) : formatBytesOf(done, total);
  const words = UNIT_WORDS[unit];
  return total === undefined ? `${formatCount(done)} ${words}` : `${formatCountOf(done, total)} ${words}`;
}

function rateText(perSecond: number, unit: Progress["unit"]): { value: string; unit: string } {
  if (unit !== "bytes") return { value: formatNumber(perSecond), unit: `${UNIT_WORDS[unit]}/s` };
  const text = formatRate(perSecond);
  const [value = text, suffix = ""] = text.split("\u00a0");
  return { value, unit: suffix };
}

function averageText(perSecond: number, unit: Progress["unit"]): string {
  return unit === "bytes" ? `average ${formatRate(perSecond)}` : `average ${formatNumber(perSecond)}`;
}

/** When a step ends: "done between 03:16 and 03:24", and how long that is; undefined where no forecast says so. */
export function endWords(
  step: Pick<NowStep, "endP50At" | "endP90At">,
  now: number,
  zone: string,
): { readonly between: string; readonly more: string } | undefined {
  const { endP50At, endP90At } = step;
  if (endP50At === null) return undefined;
  const latest = Math.max(endP50At, endP90At ?? endP50At);
  // A forecast that lies in the past says nothing any more; the next progress brings a new one.
  if (latest <= now) return undefined;
  const soonest = Math.max(endP50At, now);
  return {
    between: `done ${formatBetween(soonest, latest, zone)}`,
    more: `${formatDurationRange(soonest - now, latest - now)} more.`,
  };
}

/** The bar's words for a screen reader: "61 percent, 29.28 of 48.00 gigabytes, done between 03:16 and 03:24". */
export function progressValueText(figures: ProgressFigures, ends: string | undefined): string {
  const parts = [figures.share === undefined ? undefined : speakPercent(figures.share), figures.spokenAmount, ends];
  return parts.filter((part) => part !== undefined).join(", ");
}
