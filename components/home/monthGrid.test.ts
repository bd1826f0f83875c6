import { expect, test } from "vitest";
import { dayIn, monthGrid } from "./monthGrid.ts";

test("a month is its weeks with their numbers, Monday first, and no day of another month", () => {
  const december = monthGrid(2026, 12);
  expect(december.map(({ week }) => week)).toEqual([49, 50, 51, 52, 53]);
  expect(december[0]?.days).toEqual([
    null,
    "2026-12-01",
    "2026-12-02",
    "2026-12-03",
    "2026-12-04",
    "2026-12-05",
    "2026-12-06",
  ]);
  expect(december.at(-1)?.days.filter(Boolean)).toEqual(["2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31"]);
  expect(monthGrid(2027, 2)).toHaveLength(4);
  expect(monthGrid(2027, 1)[0]?.week).toBe(53);
  expect(monthGrid(2028, 2).flatMap(({ days }) => days.filter(Boolean))).toHaveLength(29);
});

test("a window stands on the day that it is where its zone is", () => {
  const at = Date.parse("2026-12-03T05:00:00Z");
  expect(dayIn(at, "America/Los_Angeles")).toBe("2026-12-02");
  expect(dayIn(at, "Europe/Berlin")).toBe("2026-12-03");
});
