import fc from "fast-check";
import { expect, test } from "vitest";
import { countErrors } from "./errorLines.ts";

test("errors are counted in any case, without those that are known to be harmless, and the last five are shown", () => {
  const lines = [
    "ERROR: locked",
    "ready",
    "Error: favicon.ico is missing",
    ...[1, 2, 3, 4, 5].map((i) => `error ${i}`),
  ];
  const counted = countErrors(lines, { errors: ["error"], benign: ["FAVICON"] });
  expect(counted).toEqual({ errorsCount: 6, errors: ["error 1", "error 2", "error 3", "error 4", "error 5"] });
});

test("whatever stands in a log, no more is counted than there are lines, and only lines are shown", () => {
  const texts = fc.array(fc.string({ minLength: 1 }));
  fc.assert(
    fc.property(texts, texts, texts, (lines, errors, benign) => {
      const counted = countErrors(lines, { errors, benign });
      expect(counted.errorsCount).toBeLessThanOrEqual(lines.length);
      expect(counted.errors.length).toBe(Math.min(5, counted.errorsCount));
      expect(countErrors(lines, { errors, benign: errors }).errorsCount).toBe(0);
    }),
  );
});
