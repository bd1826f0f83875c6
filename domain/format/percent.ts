/** The narrow no-break space that stands between a number and its percent sign. */
const NARROW_SPACE = "\u202f";

/**
 * A share as whole percent, never ahead of the truth: rounded down, so that 100 stands only for all of it.
 * @param share 0 to 1; below and above are clamped, because a lying source must not draw a bar over the page.
 */
export function wholePercent(share: number): number {
  if (!Number.isFinite(share)) return 0;
  const clamped = Math.min(1, Math.max(0, share));
  // 0.29 * 100 is 28.999…: the hair's breadth is added back before rounding down.
  return Math.min(clamped < 1 ? 99 : 100, Math.floor(clamped * 100 + 1e-9));
}

/** A share as text, "61 %" with a narrow no-break space. */
export function formatPercent(share: number): string {
  return formatPercentFigure(wholePercent(share));
}

/** A figure that is already in percent (CPU, disk busy): 38.4 → "38 %". Not clamped, since a load can be above 100. */
export function formatPercentFigure(percent: number): string {
  return Number.isFinite(percent) ? `${Math.round(percent)}${NARROW_SPACE}%` : "unknown";
}

/** A share in words for a screen reader: "61 percent". */
export function speakPercent(share: number): string {
  return `${wholePercent(share)} percent`;
}
