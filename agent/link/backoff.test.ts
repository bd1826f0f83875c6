import { expect, test } from "vitest";
import { LONGEST_PAUSE_MS, pauseBefore } from "./backoff.ts";

test("the first attempt after a cut comes within a fifth of a second", () => {
  expect(pauseBefore(0, 0)).toBe(100);
  expect(pauseBefore(0, 1)).toBe(200);
});

test("a server that stays away is asked again every few seconds for ever, and not more rarely", () => {
  for (const attempt of [5, 50, 5000]) {
    expect(pauseBefore(attempt, 1)).toBe(LONGEST_PAUSE_MS);
    expect(pauseBefore(attempt, 0)).toBe(LONGEST_PAUSE_MS / 2);
  }
});

test("two hosts that lost the server together do not come back together", () => {
  expect(pauseBefore(4, 0.1)).not.toBe(pauseBefore(4, 0.9));
});
