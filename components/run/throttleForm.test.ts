import { expect, test } from "vitest";
import { FULL, ThrottleSetting } from "../../domain/throttle/setting.ts";
import { settingTyped, typedOf } from "./throttleForm.ts";

test("a form that is sent as it opened orders what holds already", () => {
  for (const given of [
    FULL,
    { mode: "paused" },
    { mode: "limited", bytesPerSecond: 12_500_000, cpuWeight: 50 },
    { mode: "limited", rowsPerSecond: 400 },
    { mode: "automatic" },
  ]) {
    const setting = ThrottleSetting.parse(given);
    expect(settingTyped(typedOf(setting, undefined))).toEqual({ setting });
  }
});

test("a wrong value is told beside its field, and nothing is ordered", () => {
  const typed = { ...typedOf(FULL, "bytes"), mode: "limited" } as const;
  expect(settingTyped({ ...typed, rate: "fast" })).toMatchObject({ field: "rate" });
  expect(settingTyped({ ...typed, rate: "0" })).toMatchObject({ field: "rate" });
  expect(settingTyped({ ...typed, cpuWeight: "" })).toMatchObject({ field: "cpuWeight" });
  expect(settingTyped({ ...typed, ioWeight: "10001" })).toMatchObject({ field: "ioWeight" });
  expect(settingTyped({ ...typed, rate: "12,5" })).toMatchObject({
    setting: { bytesPerSecond: 12_500_000 },
  });
});

test("a task that counts rows is limited in rows", () => {
  const typed = { ...typedOf(FULL, "rows"), mode: "automatic" } as const;
  expect(settingTyped({ ...typed, rate: "250" })).toMatchObject({ setting: { mode: "automatic", rowsPerSecond: 250 } });
  expect(settingTyped({ ...typed, rate: "0.5" })).toMatchObject({
    field: "rate",
    error: expect.stringContaining("rows per second"),
  });
});
