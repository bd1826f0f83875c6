import { expect, test } from "vitest";
import { factText } from "./factText.ts";

test.each([
  ["baseline.health_ms", 2.28, "2.28 ms"],
  ["baseline.health_ms", 75_000, "1 min 15 s"],
  ["cipher.bytes_per_second", 63_333_990, "63.3\u00a0MB/s"],
  ["accepted.slower_percent", 12, "12\u202f%"],
  ["baseline.errors_per_minute", 0.25, "0.25 per minute"],
  ["host.load1", 1.5, "1.5"],
])("a plain number is never shown without the unit that its name carries: %s %d is %s", (name, value, text) => {
  expect(factText("number", value, "Europe/Berlin", name)).toBe(text);
});

test("a text that is empty is said to be none", () => {
  expect(factText("text", "", "Europe/Berlin", "tools.missing")).toBe("none");
});

test("what has a type of its own is shown by it, whatever it is called", () => {
  expect(factText("size", 2_000_000, "Europe/Berlin", "copy.took_ms")).toBe("2.00\u00a0MB");
  expect(factText("duration", 12.5, "Europe/Berlin")).toBe("12.5 ms");
});
