import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { freezeClock, onTick, setClockOffset, shownNowMs } from "./clock.ts";

const NOON = Date.UTC(2026, 11, 3, 12, 0, 0, 400);

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
});

afterEach(() => {
  setClockOffset(0);
  freezeClock(undefined);
  vi.useRealTimers();
});

test("all figures of a page change together, just after each full second of the server's clock", () => {
  const seen: number[] = [];
  const stop = onTick(() => seen.push(shownNowMs() - NOON));
  vi.advanceTimersByTime(2000);
  stop();
  expect(seen).toEqual([605, 1605]);
  vi.advanceTimersByTime(5000);
  expect(seen).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

test("a device whose clock is wrong shows the server's time", () => {
  const stop = onTick(() => undefined);
  setClockOffset(-90_000);
  expect(shownNowMs()).toBe(NOON - 90_000);
  stop();
});

test("a frozen clock stays where it is until it is let go", () => {
  const stop = onTick(() => undefined);
  freezeClock(NOON - 14_000);
  vi.advanceTimersByTime(3000);
  expect(shownNowMs()).toBe(NOON - 14_000);
  freezeClock(undefined);
  expect(shownNowMs()).toBeGreaterThan(NOON);
  stop();
});
