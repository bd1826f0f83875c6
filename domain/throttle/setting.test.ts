import fc from "fast-check";
import { expect, test } from "vitest";
import { capped } from "./ceiling.ts";
import { FULL, paceOf, ThrottleSetting } from "./setting.ts";
import { emptyBucket, filled, MOST_OWED_MS, MOST_SAVED_MS, taken, waitMs } from "./tokenBucket.ts";

const setting = (given: unknown) => ThrottleSetting.parse(given);

test("only the automatic mode listens to the health of the host, and says so", () => {
  const why = "load per core 6.2 is over 4.0";
  expect(paceOf(setting({ mode: "automatic" }), why).standsBecause).toBe(`throttled: ${why}`);
  expect(paceOf(setting({ mode: "automatic" }), undefined).standsBecause).toBeUndefined();
  expect(paceOf(setting({ mode: "limited", bytesPerSecond: 2 ** 20 }), why).standsBecause).toBeUndefined();
  expect(paceOf(FULL, why).standsBecause).toBeUndefined();
  expect(paceOf(setting({ mode: "paused" }), undefined).standsBecause).toBe("paused by order");
});

test("no setting goes beyond what the owner of the host allows, whatever mode it names", () => {
  const ceiling = { bytesPerSecond: 50_000_000, cpuWeight: 100, ioWeight: 20 };
  expect(capped(FULL, ceiling)).toEqual({ mode: "limited", bytesPerSecond: 50_000_000, cpuWeight: 100, ioWeight: 20 });
  expect(capped(setting({ mode: "automatic", bytesPerSecond: 90_000_000, cpuWeight: 500 }), ceiling)).toEqual({
    ...{ mode: "automatic", bytesPerSecond: 50_000_000, cpuWeight: 100, ioWeight: 20 },
  });
  expect(capped(setting({ mode: "limited", bytesPerSecond: 1_000_000, ioWeight: 5 }), ceiling)).toEqual({
    ...{ mode: "limited", bytesPerSecond: 1_000_000, cpuWeight: 100, ioWeight: 5 },
  });
  expect(capped(FULL, { cpuWeight: 100, ioWeight: 100 })).toBe(FULL);
});

test("work that comes in slices of any size, at any moments, never does more than its rate allows", () => {
  const slices = fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.double({ min: 0, max: 3, noNaN: true })));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), slices, (perSecond, steps) => {
      let bucket = emptyBucket(0);
      let done = 0;
      let largest = 0;
      let nowMs = 0;
      for (const [passMs, seconds] of steps) {
        nowMs += passMs;
        bucket = filled(bucket, perSecond, nowMs);
        if (bucket.tokens <= 0) continue;
        const amount = seconds * perSecond;
        largest = Math.max(largest, amount);
        done += amount;
        bucket = taken(bucket, amount, perSecond);
      }
      expect(done).toBeLessThanOrEqual((perSecond * (nowMs + MOST_SAVED_MS)) / 1000 + largest + 1);
      expect(waitMs(bucket, 0, perSecond)).toBeLessThanOrEqual(MOST_OWED_MS + 1e-6);
    }),
  );
});
