import { describe, expect, test } from "vitest";
import { formatBytes, formatBytesOf, formatRate, speakBytesOf } from "./bytes.ts";
import { formatCounted, formatCountOf, formatNumber } from "./count.ts";
import {
  formatAge,
  formatDifference,
  formatDuration,
  formatDurationRange,
  formatTicking,
  isoDuration,
  speakDuration,
} from "./duration.ts";
import { formatPercent, formatPercentFigure, speakPercent, wholePercent } from "./percent.ts";
import {
  formatBetween,
  formatDay,
  formatTime,
  formatTimeMillis,
  formatTimeRange,
  formatTimeSeconds,
  formatWindow,
  zoneName,
} from "./time.ts";

const LOS_ANGELES = "America/Los_Angeles";
const MIN = 60_000;
const HOUR = 60 * MIN;
/** Spaces that hold a unit to its value are compared as plain ones. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, " ");

describe("bytes", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [214_000, "214 kB"],
    [612_368_384, "612 MB"],
    [1_073_741_824, "1.07 GB"],
    [87_200_000_000, "87.2 GB"],
    [212_000_000_000, "212 GB"],
    [999_999, "1.00 MB"],
    [99_960_000, "100 MB"],
    [9_007_199_254_740_991, "9.01 PB"],
  ])("%i bytes reads as %s", (sizeBytes, text) => {
    expect(plain(formatBytes(sizeBytes))).toBe(text);
  });

  test("a unit is held to its value, so that no line ends between them", () => {
    expect(formatBytes(1500)).toBe("1.50\u00a0kB");
  });

  test("how much of how much has one unit and digits enough to see it move", () => {
    expect(plain(formatBytesOf(29_280_000_000, 48_000_000_000))).toBe("29.28 of 48.00 GB");
    expect(plain(formatBytesOf(12, 900))).toBe("12 of 900 B");
    expect(plain(formatBytesOf(1_000_000_000, 812_000_000_000))).toBe("1.0 of 812.0 GB");
    expect(speakBytesOf(29_280_000_000, 48_000_000_000)).toBe("29.28 of 48.00 gigabytes");
  });

  test("a rate names its unit, and one that is not known says so instead of showing zero", () => {
    expect(plain(formatRate(22_600_000))).toBe("22.6 MB/s");
    expect(formatRate(Number.NaN)).toBe("unknown");
  });
});

describe("percent", () => {
  test("100 % stands only for all of it", () => {
    expect(plain(formatPercent(0.9999))).toBe("99 %");
    expect(plain(formatPercent(1))).toBe("100 %");
    expect(wholePercent(0.29)).toBe(29);
    expect(formatPercent(0.61)).toBe("61\u202f%");
  });

  test("a lying share stays between nothing and everything", () => {
    expect(wholePercent(7)).toBe(100);
    expect(wholePercent(-1)).toBe(0);
    expect(wholePercent(Number.NaN)).toBe(0);
  });

  test("a measured percentage may be above 100 and is spoken in words", () => {
    expect(plain(formatPercentFigure(131.4))).toBe("131 %");
    expect(speakPercent(0.614)).toBe("61 percent");
  });
});

describe("durations", () => {
  test.each([
    [52_000, "0:52"],
    [27 * MIN + 50_999, "27:50"],
    [HOUR + 55 * MIN + 42_000, "1:55:42"],
    [-5 * MIN, "\u22125:00"],
    [-400, "0:00"],
  ])("%i ms ticks as %s", (durationMs, text) => {
    expect(formatTicking(durationMs)).toBe(text);
  });

  test("a T+ clock keeps its hours from the first second", () => {
    expect(formatTicking(33 * MIN + 12_000, "always")).toBe("0:33:12");
  });

  test.each([
    [40_000, "40 s"],
    [7 * MIN + 20_000, "7 min 20 s"],
    [8 * MIN, "8 min"],
    [73 * MIN, "73 min"],
    [2 * HOUR, "2 h"],
    [10 * HOUR + 18 * MIN, "10 h 18 min"],
    [76 * HOUR, "3 d 4 h"],
  ])("%i ms lasts %s", (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  test("an estimate is a range that holds both ends, or says about", () => {
    expect(formatDurationRange(14.2 * MIN, 19.4 * MIN)).toBe("14 to 20 min");
    expect(formatDurationRange(20 * MIN, 14 * MIN)).toBe("14 to 20 min");
    expect(formatDurationRange(14 * MIN, 14 * MIN)).toBe("about 14 min");
    expect(formatDurationRange(41_000, 88_000)).toBe("40 to 90 s");
    expect(formatDurationRange(0, 0)).toBe("0 to 5 s");
    expect(formatDurationRange(130 * MIN, 146 * MIN)).toBe("2 h 10 min to 2 h 26 min");
  });

  test("an age has one unit and never says just now", () => {
    expect([0, 200, 14_300, 119_000, 11 * HOUR, 26 * HOUR, 72 * HOUR].map(formatAge)).toEqual([
      "0.0 s",
      "0.2 s",
      "14 s",
      "1 min",
      "11 h",
      "26 h",
      "3 d",
    ]);
    expect(formatAge(-5000)).toBe("0.0 s");
  });

  test("a difference is signed both ways", () => {
    expect(formatDifference(159_000)).toBe("+2:39");
    expect(formatDifference(-65_000)).toBe("\u22121:05");
    expect(formatDifference(0)).toBe("0:00");
  });

  test("a screen reader hears units in words", () => {
    expect(speakDuration(HOUR + 55 * MIN + 42_000)).toBe("1 hour 55 minutes");
    expect(speakDuration(61_000)).toBe("1 minute 1 second");
    expect(speakDuration(0)).toBe("0 seconds");
    expect(isoDuration(14_400)).toBe("PT14S");
  });
});

describe("times", () => {
  const at = Date.UTC(2026, 11, 3, 11, 4, 18, 7);

  test("a moment is shown on the wall of the named zone, 24 hours", () => {
    expect(formatTime(at, LOS_ANGELES)).toBe("03:04");
    expect(formatTimeSeconds(at, "UTC")).toBe("11:04:18");
    expect(formatTimeMillis(at, LOS_ANGELES)).toBe("03:04:18.007");
    expect(formatTime(Date.UTC(2026, 11, 3, 0, 5), "UTC")).toBe("00:05");
  });

  test("a day has three letters for its month, September too", () => {
    expect(formatDay(at, LOS_ANGELES)).toBe("Thu 3 Dec 2026");
    expect(formatDay(Date.UTC(2026, 8, 9, 12), "UTC")).toBe("Wed 9 Sep 2026");
  });

  test("a window names its zone once, and both days when it crosses midnight", () => {
    expect(formatWindow(Date.UTC(2026, 11, 3, 10), Date.UTC(2026, 11, 3, 13), LOS_ANGELES)).toBe(
      "Thu 3 Dec 2026, 02:00 to 05:00 Los Angeles",
    );
    expect(formatWindow(Date.UTC(2026, 11, 3, 22), Date.UTC(2026, 11, 4, 1), "UTC")).toBe(
      "Thu 3 Dec 2026, 22:00 to Fri 4 Dec 2026, 01:00 UTC",
    );
    expect(zoneName("America/Argentina/Buenos_Aires")).toBe("Buenos Aires");
  });

  test("an expected moment is a range, or says about", () => {
    expect(formatBetween(Date.UTC(2026, 11, 3, 11, 16), Date.UTC(2026, 11, 3, 11, 24), LOS_ANGELES)).toBe(
      "between 03:16 and 03:24",
    );
    expect(formatTimeRange(at, at + 1000, LOS_ANGELES)).toBe("about 03:04");
    expect(formatBetween(at, at, LOS_ANGELES)).toBe("at about 03:04");
  });

  test("the hour that does not exist on the night clocks change is never shown", () => {
    const before = Date.UTC(2026, 2, 8, 9, 59, 59);
    expect(formatTimeSeconds(before, LOS_ANGELES)).toBe("01:59:59");
    expect(formatTimeSeconds(before + 1000, LOS_ANGELES)).toBe("03:00:00");
  });
});

test("counts are grouped, and a noun agrees with its number", () => {
  expect(formatCountOf(1842, 3017)).toBe("1,842 of 3,017");
  expect(formatCounted(1, "row")).toBe("1 row");
  expect(formatCounted(214, "row")).toBe("214 rows");
  expect([0.4, 21.14, 3017, Number.NaN].map(formatNumber)).toEqual(["0.4", "21.1", "3,017", "unknown"]);
});
