import fc from "fast-check";
import { expect, test } from "vitest";
import { longestOf } from "./correlated.ts";

const hour = { meanMs: 3_600_000, varianceMs2: 600_000 ** 2 };

test("of two alike the longest is expected later than each of them, by the formula's own figure", () => {
  // Clark: E = m + s·φ(0) with s² = 2σ²(1 − ρ) and ρ = ½, so s = σ, and φ(0) = 0.3989.
  expect(longestOf([hour, hour]).meanMs).toBeCloseTo(3_600_000 + 600_000 * 0.398_942, -2);
});

test("one that is far longer is the longest, and one that is certain is itself", () => {
  const day = { meanMs: 86_400_000, varianceMs2: 60_000 ** 2 };
  expect(longestOf([hour, day]).meanMs).toBeCloseTo(day.meanMs, -1);
  expect(longestOf([{ meanMs: 5, varianceMs2: 0 }])).toEqual({ meanMs: 5, varianceMs2: 0 });
  expect(
    longestOf([
      { meanMs: 5, varianceMs2: 0 },
      { meanMs: 7, varianceMs2: 0 },
    ]),
  ).toEqual({ meanMs: 7, varianceMs2: 0 });
  expect(longestOf([])).toEqual({ meanMs: 0, varianceMs2: 0 });
});

test("it is never expected before any of them, in whatever order they stand", () => {
  const duration = fc.record({
    meanMs: fc.double({ min: 0, max: 1e8, noNaN: true }),
    varianceMs2: fc.double({ min: 0, max: 1e14, noNaN: true }),
  });
  fc.assert(
    fc.property(duration, duration, (one, other) => {
      const both = longestOf([one, other]);
      const slack = 1 + 1e-6 * (one.meanMs + other.meanMs + Math.sqrt(one.varianceMs2 + other.varianceMs2));
      expect(both.meanMs).toBeGreaterThanOrEqual(Math.max(one.meanMs, other.meanMs) - slack);
      expect(both.varianceMs2).toBeGreaterThanOrEqual(0);
      expect(longestOf([other, one]).meanMs).toBeCloseTo(both.meanMs, -Math.ceil(Math.log10(slack) + 1));
    }),
  );
});
