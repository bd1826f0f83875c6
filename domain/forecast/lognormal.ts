/**
 * Durations as lognormal distributions: never negative, with a long tail to the late side, as measured durations of tasks are.
 * Given by two quantiles that people can check: half are shorter than `p50Ms`, nine of ten shorter than `p90Ms`.
 */
export interface Spread {
  readonly p50Ms: number;
  readonly p90Ms: number;
}

/** A sum of durations by its first two moments. */
export interface Moments {
  readonly meanMs: number;
  readonly varianceMs2: number;
}

/** Standard normal quantile at 0.9. */
const Z90 = 1.281_551_565_544_6;

/** Standard deviation of the logarithm. */
function sigmaOf({ p50Ms, p90Ms }: Spread): number {
  return p50Ms <= 0 || p90Ms <= p50Ms ? 0 : Math.log(p90Ms / p50Ms) / Z90;
}

/** Mean and variance: m·e^(σ²/2) and mean²·(e^(σ²) − 1). */
export function momentsOf(spread: Spread): Moments {
  const variance = sigmaOf(spread) ** 2;
  const meanMs = spread.p50Ms * Math.exp(variance / 2);
  return { meanMs, varianceMs2: meanMs ** 2 * (Math.exp(variance) - 1) };
}

/** The lognormal with these moments (Fenton and Wilkinson's way to a sum of lognormals). */
export function spreadOf({ meanMs, varianceMs2 }: Moments): Spread {
  if (meanMs <= 0) return { p50Ms: 0, p90Ms: 0 };
  const variance = Math.log(1 + varianceMs2 / meanMs ** 2);
  const p50Ms = meanMs * Math.exp(-variance / 2);
  return { p50Ms, p90Ms: p50Ms * Math.exp(Z90 * Math.sqrt(variance)) };
}

/** The chance, 0 to 1, that a duration is at most so long. */
export function chanceWithin(spread: Spread, ms: number): number {
  if (ms < 0) return 0;
  const sigma = sigmaOf(spread);
  if (sigma === 0) return ms >= spread.p50Ms ? 1 : 0;
  return ms === 0 ? 0 : normalCdf(Math.log(ms / spread.p50Ms) / sigma);
}

/**
 * What is left of a duration of which so much is over: its distribution among those that last longer than that. Far in the tail,
 * where differences of the distribution drown in rounding, by the lognormal's hazard, ln(t/m)/(σ²t).
 */
export function remainingAfter(spread: Spread, elapsedMs: number): Spread {
  const sigma = sigmaOf(spread);
  if (elapsedMs <= 0) return spread;
  if (sigma === 0) {
    const leftMs = Math.max(0, spread.p50Ms - elapsedMs);
    return { p50Ms: leftMs, p90Ms: leftMs };
  }
  const survival = 1 - chanceWithin(spread, elapsedMs);
  if (survival < 1e-6) {
    const hazard = Math.log(elapsedMs / spread.p50Ms) / (sigma ** 2 * elapsedMs);
    return { p50Ms: Math.LN2 / hazard, p90Ms: Math.LN10 / hazard };
  }
  const leftAt = (share: number): number =>
    spread.p50Ms * Math.exp(sigma * normalQuantile(1 - survival * (1 - share))) - elapsedMs;
  return { p50Ms: Math.max(0, leftAt(0.5)), p90Ms: Math.max(0, leftAt(0.9)) };
}

/** Standard normal distribution function; error below 1.5e-7 (Abramowitz and Stegun 7.1.26). */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.327_591_1 * x);
  const poly =
    t * (0.254_829_592 + t * (-0.284_496_736 + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
  const erf = 1 - poly * Math.exp(-x * x);
  return z < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}

/** Standard normal quantile, by bisection of the above: exact to it, and no table of magic numbers. `share` within (0, 1). */
export function normalQuantile(share: number): number {
  let low = -8;
  let high = 8;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
