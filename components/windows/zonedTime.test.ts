import { describe, expect, test } from "vitest";
import { clockChange, isZone, knownZones, readZonedTime, toFields } from "./zonedTime.ts";

const LA = "America/Los_Angeles";
const at = (iso: string) => Date.parse(iso);

test("a day and a time name one moment on the clocks of their zone", () => {
  expect(readZonedTime("2026-12-03", "02:00", LA, "first")).toEqual({ ok: true, atMs: at("2026-12-03T10:00:00Z") });
  expect(readZonedTime("2026-07-03", "2.00", LA, "first")).toEqual({ ok: true, atMs: at("2026-07-03T09:00:00Z") });
  expect(readZonedTime("2026-07-03", " 0200 ", "UTC", "first")).toEqual({ ok: true, atMs: at("2026-07-03T02:00:00Z") });
});

describe("when the clocks change", () => {
  test("a time that does not exist that night is refused, and says what the clocks do instead", () => {
    expect(readZonedTime("2026-03-08", "02:30", LA, "first")).toEqual({
      ok: false,
      field: "time",
      words: "02:30 does not exist that night: the clocks go from 02:00 to 03:00.",
    });
    expect(readZonedTime("2026-10-04", "02:15", "Australia/Lord_Howe", "first")).toMatchObject({
      words: "02:15 does not exist that night: the clocks go from 02:00 to 02:30.",
    });
    // Where midnight itself is skipped.
    expect(readZonedTime("2018-11-04", "00:30", "America/Sao_Paulo", "first")).toMatchObject({
      words: "00:30 does not exist that night: the clocks go from 00:00 to 01:00.",
    });
    // The whole day that Samoa left out.
    expect(readZonedTime("2011-12-30", "12:00", "Pacific/Apia", "first")).toMatchObject({ ok: false, field: "time" });
    expect(readZonedTime("2026-03-08", "03:00", LA, "first")).toMatchObject({ ok: true });
    expect(readZonedTime("2026-03-08", "01:59", LA, "first")).toMatchObject({ ok: true });
  });

  test("a time that comes twice is the first unless the second is chosen, and both say their distance from UTC", () => {
    const twice = { first: "UTC\u22127", second: "UTC\u22128" };
    expect(readZonedTime("2026-11-01", "01:30", LA, "first")).toEqual({
      ok: true,
      atMs: at("2026-11-01T08:30:00Z"),
      twice,
    });
    expect(readZonedTime("2026-11-01", "01:30", LA, "second")).toEqual({
      ok: true,
      atMs: at("2026-11-01T09:30:00Z"),
      twice,
    });
  });

  test("a window in which they change says so", () => {
    expect(clockChange(at("2026-03-08T09:00:00Z"), at("2026-03-08T12:00:00Z"), LA)).toBe(
      "The clocks change in this window, from 02:00 to 03:00.",
    );
    expect(clockChange(at("2026-11-01T07:00:00Z"), at("2026-11-01T12:00:00Z"), LA)).toBe(
      "The clocks change in this window, from 02:00 to 01:00.",
    );
    expect(clockChange(at("2026-12-03T10:00:00Z"), at("2026-12-03T13:00:00Z"), LA)).toBeUndefined();
    expect(clockChange(at("2026-12-03T10:00:00Z"), at("2026-12-03T13:00:00Z"), "UTC")).toBeUndefined();
  });
});

test("what is no day, no time or no zone says which, and what is expected", () => {
  const field = (date: string, time: string, zone: string) => {
    const read = readZonedTime(date, time, zone, "first");
    return read.ok ? "none" : read.field;
  };
  expect(field("", "02:00", LA)).toBe("date");
  expect(field("2026-02-30", "02:00", LA)).toBe("date");
  expect(field("2026-12-03", "25:10", LA)).toBe("time");
  expect(field("2026-12-03", "2:60", LA)).toBe("time");
  expect(field("2026-12-03", "", LA)).toBe("time");
  expect(field("2026-12-03", "02:00", "Mars/Olympus")).toBe("zone");
  expect(field("2026-12-03", "02:00", "+02:00")).toBe("zone");
});

test("every zone offered can be chosen, and a moment goes back into the fields it came from", () => {
  const zones = knownZones();
  expect(zones.length).toBeGreaterThan(300);
  expect(zones.filter((zone) => !isZone(zone))).toEqual([]);
  expect(new Set(zones).size).toBe(zones.length);
  const { date, time } = toFields(at("2026-12-03T10:00:00Z"), LA);
  expect({ date, time }).toEqual({ date: "2026-12-03", time: "02:00" });
});
