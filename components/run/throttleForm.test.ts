import { expect, test } from "vitest";
import { FULL, ThrottleSetting } from "../../domain/throttle/setting.ts";
import { settingTyped, typedOf } from "./throttleForm.ts";

test("a form that is sent as it opened orders what holds already", () => {
  for (const given of [
    FULL,
    { mode: "paused" },
    { mode: "limited", bytesPerSecond: 12_500_000, cpuWeight: 50 },
    { mode: "automatic" },
  ]) {
    const setting = ThrottleSetting.parse(given);
    expect(settingTyped(typedOf(setting))).toEqual({ setting });
  }
});

test("a wrong value is told beside its field, and nothing is ordered", () => {
  const typed = { ...typedOf(FULL), mode: "limited" } as const;
  expect(settingTyped({ ...typed, megabytesPerSecond: "fast" })).toMatchObject({ field: "megabytesPerSecond" });
  expect(settingTyped({ ...typed, megabytesPerSecond: "0" })).toMatchObject({ field: "megabytesPerSecond" });
  expect(settingTyped({ ...typed, cpuWeight: "" })).toMatchObject({ field: "cpuWeight" });
  expect(settingTyped({ ...typed, ioWeight: "10001" })).toMatchObject({ field: "ioWeight" });
  expect(settingTyped({ ...typed, megabytesPerSecond: "12,5" })).toMatchObject({
    setting: { bytesPerSecond: 12_500_000 },
  });
});
