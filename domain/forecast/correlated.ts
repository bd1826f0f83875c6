import type { Moments } from "./lognormal.ts";
import { normalCdf } from "./lognormal.ts";

/**
 * Correlation between the durations of two steps. One slow disk makes all of them slow; independent errors would cancel out and
 * promise too much. Half-way between independent and all alike.
 */
const CORRELATION = 0.5;

/** Adds up durations whose errors go together: Var = (1 − ρ)·Σσ² + ρ·(Σσ)². */
export class CorrelatedSum {
  #meanMs = 0;
  #variances = 0;
  #deviations = 0;

  add({ meanMs, varianceMs2 }: Moments): void {
    this.#meanMs += meanMs;
    this.#variances += varianceMs2;
    this.#deviations += Math.sqrt(varianceMs2);
  }

  moments(): Moments {
    const varianceMs2 = (1 - CORRELATION) * this.#variances + CORRELATION * this.#deviations ** 2;
    return { meanMs: this.#meanMs, varianceMs2 };
  }

  /** Another sum that goes on from here. */
  copy(): CorrelatedSum {
    const copy = new CorrelatedSum();
    copy.#meanMs = this.#meanMs;
    copy.#variances = this.#variances;
    copy.#deviations = this.#deviations;
    return copy;
  }
}

/** The moments of the longest of several durations that go on beside each other. Nothing lasts no time. */
export function longestOf(durations: readonly Moments[]): Moments {
  const [first, ...rest] = durations;
  return first === undefined ? { meanMs: 0, varianceMs2: 0 } : rest.reduce(longerOf, first);
}

/**
 * C. E. Clark, "The greatest of a finite set of random variables" (1961): the first two moments of the greater of two normal ones. Theirs
 * are no normal distributions, but what lasts longest is mostly plain, and where it isn't, its mean is later than either's: two copies of an
 * hour each are not both done after an hour in half of all nights.
 */
function longerOf(one: Moments, other: Moments): Moments {
  const covariance = CORRELATION * Math.sqrt(one.varianceMs2 * other.varianceMs2);
  const spread = Math.sqrt(Math.max(0, one.varianceMs2 + other.varianceMs2 - 2 * covariance));
  if (spread === 0) return one.meanMs >= other.meanMs ? one : other;
  const lead = (one.meanMs - other.meanMs) / spread;
  const first = normalCdf(lead);
  const density = Math.exp(-(lead ** 2) / 2) / Math.sqrt(2 * Math.PI);
  const meanMs = one.meanMs * first + other.meanMs * (1 - first) + spread * density;
  const square =
    (one.meanMs ** 2 + one.varianceMs2) * first +
    (other.meanMs ** 2 + other.varianceMs2) * (1 - first) +
    (one.meanMs + other.meanMs) * spread * density;
  return { meanMs, varianceMs2: Math.max(0, square - meanMs ** 2) };
}
