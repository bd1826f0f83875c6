import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Instant } from "../time.ts";
import type { BackOff } from "./backOff.ts";
import { backOffText, CALM_FOR_MS, CALM_SHARE, nextBackOff } from "./backOff.ts";
import type { Figures } from "./figures.ts";
import { FigureName, thresholdsWith } from "./figures.ts";

const thresholds = thresholdsWith({});
const at = (seconds: number) => Instant.parse(1_000_000 + seconds * 1000);

/** What comes of one look each second. */
function through(looks: readonly Figures[]): readonly (BackOff | undefined)[] {
  let state: BackOff | undefined;
  return looks.map((figures, i) => {
    state = nextBackOff(state, figures, thresholds, at(i));
    return state;
  });
}

const figures = fc.record(
  Object.fromEntries(FigureName.options.map((name) => [name, fc.double({ min: 0, max: 20_000, noNaN: true })])),
  { requiredKeys: [] },
) as fc.Arbitrary<Figures>;
const looks = fc.array(figures, { minLength: 1, maxLength: 120 });
const isOver = (one: Figures) => FigureName.options.some((name) => (one[name] ?? 0) > (thresholds[name] ?? Infinity));

describe("whatever the health of host and database does", () => {
  test("work rests whenever any one figure is over its threshold, whatever the others say", () => {
    fc.assert(
      fc.property(looks, (all) => {
        for (const [i, state] of through(all).entries()) if (isOver(all[i]!)) expect(state).toBeDefined();
      }),
    );
  });

  test("it does not flap: once it rests, it rests until all has been well below for ten seconds", () => {
    fc.assert(
      fc.property(looks, (all) => {
        const states = through(all);
        for (const [i, state] of states.entries()) {
          if (state !== undefined || states[i - 1] === undefined) continue;
          const calm = all.slice(i - CALM_FOR_MS / 1000, i + 1);
          expect(calm).toHaveLength(CALM_FOR_MS / 1000 + 1);
          for (const one of calm)
            for (const name of FigureName.options)
              expect(one[name] ?? 0).toBeLessThanOrEqual((thresholds[name] ?? Infinity) * CALM_SHARE);
        }
      }),
    );
  });

  test("it says why, in a sentence that names a figure, and never rests on a host that was never over", () => {
    fc.assert(
      fc.property(looks, (all) => {
        for (const [i, state] of through(all).entries()) {
          if (state === undefined) continue;
          expect(backOffText(state)).toMatch(/^[a-z ]+ [\d.]+( %| ms)? (is over|is not yet under|was over) /);
          expect(all.slice(0, i + 1).some(isOver)).toBe(true);
        }
      }),
    );
  });
});

test("the first figure of the list is the reason, and it stays the reason while it is over", () => {
  const [first, second, third] = through([
    { diskLatencyMs: 250 },
    { diskLatencyMs: 240, loadPerCore: 6.2 },
    { diskLatencyMs: 20, loadPerCore: 6.2 },
  ]);
  expect(backOffText(first!)).toBe("disk latency 250 ms is over 100 ms");
  expect(backOffText(second!)).toBe("disk latency 240 ms is over 100 ms");
  expect(backOffText(third!)).toBe("load per core 6.2 is over 4.0");
  const [both] = through([{ diskLatencyMs: 250, loadPerCore: 6.2 }]);
  expect(backOffText(both!)).toBe("load per core 6.2 is over 4.0");
});

test("on its way down it says what it still waits for", () => {
  const states = through([{ loadPerCore: 6.2 }, { loadPerCore: 3.6 }, ...Array(11).fill({ loadPerCore: 3.1 })]);
  expect(backOffText(states[1]!)).toBe("load per core 3.6 is not yet under 3.2");
  expect(backOffText(states[2]!)).toBe("load per core 3.1 was over 4.0; it must stay down for 10 s");
  expect(states[11]).toBeDefined();
  expect(states[12]).toBeUndefined();
});

test("an owner's threshold replaces the default, and null takes a figure out", () => {
  const own = thresholdsWith({ loadPerCore: 8, diskLatencyMs: null, diskBusyPercent: 90 });
  expect(nextBackOff(undefined, { loadPerCore: 6.2, diskLatencyMs: 900 }, own, at(0))).toBeUndefined();
  expect(backOffText(nextBackOff(undefined, { diskBusyPercent: 95 }, own, at(0))!)).toBe(
    "disk utilisation 95 % is over 90 %",
  );
});
