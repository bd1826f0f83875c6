import type { Instant } from "../time.ts";
import type { FigureName, Figures, Thresholds } from "./figures.ts";
import { FIGURES, FigureName as FigureNames, figureText } from "./figures.ts";

/** Work rests, since when and why. */
export interface BackOff {
  readonly since: Instant;
  readonly figure: FigureName;
  readonly value: number;
  readonly threshold: number;
  /** Since when every figure has been well below its threshold; undefined while one is not. */
  readonly calmSince: Instant | undefined;
}

/** Work that rests begins again only when every figure has come down to this share of its threshold … */
export const CALM_SHARE = 0.8;
/** … and has stayed there for so long: otherwise the rest itself, which lowers the load, would end the rest a second later. */
export const CALM_FOR_MS = 10_000;

interface Reason {
  readonly figure: FigureName;
  readonly value: number;
  readonly threshold: number;
}

function over(figures: Figures, thresholds: Thresholds, share: number): readonly Reason[] {
  return FigureNames.options.flatMap((figure) => {
    const value = figures[figure];
    const threshold = thresholds[figure];
    return value === undefined || threshold === undefined || value <= threshold * share
      ? []
      : [{ figure, value, threshold }];
  });
}

/**
 * Whether work is to rest after one more look at the host. One figure over its threshold is enough and nothing outweighs it; while several
 * are, the first in the list is named, and while the named one is still over, it stays named. Undefined: work goes on.
 */
export function nextBackOff(
  before: BackOff | undefined,
  figures: Figures,
  thresholds: Thresholds,
  now: Instant,
): BackOff | undefined {
  const reasons = over(figures, thresholds, 1);
  const reason = reasons.find(({ figure }) => figure === before?.figure) ?? reasons[0];
  if (reason !== undefined) return { ...reason, since: before?.since ?? now, calmSince: undefined };
  if (before === undefined) return undefined;
  const lingering = over(figures, thresholds, CALM_SHARE);
  const named = lingering.find(({ figure }) => figure === before.figure) ?? lingering[0];
  if (named !== undefined) return { ...named, since: before.since, calmSince: undefined };
  const calmSince = before.calmSince ?? now;
  if (now - calmSince >= CALM_FOR_MS) return undefined;
  return { ...before, value: figures[before.figure] ?? before.value, calmSince };
}

/** Why work rests: "load per core 6.2 is over 4.0". */
export function backOffText({ figure, value, threshold, calmSince }: BackOff): string {
  const { title } = FIGURES[figure];
  const shown = figureText(figure, value);
  if (value > threshold) return `${title} ${shown} is over ${figureText(figure, threshold)}`;
  if (calmSince === undefined)
    return `${title} ${shown} is not yet under ${figureText(figure, threshold * CALM_SHARE)}`;
  return `${title} ${shown} was over ${figureText(figure, threshold)}; it must stay down for ${CALM_FOR_MS / 1000} s`;
}
