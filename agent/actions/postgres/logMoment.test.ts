import { expect, test } from "vitest";
import { momentOf } from "./logMoment.ts";

const at = (text: string) => Date.parse(text);

test.each([
  ["2026-12-03 02:36:28.123 UTC [7] LOG:  x", "2026-12-03T02:36:28.123Z"],
  ["[2026-12-03T02:36:28Z] info", "2026-12-03T02:36:28Z"],
  ["2026-12-03 02:36:28 done", "2026-12-03T02:36:28Z"],
  ["2026-12-03 02:36:28,500 done", "2026-12-03T02:36:28.500Z"],
  ["2026-12-03T02:36:28.5+02:00 done", "2026-12-03T00:36:28.500Z"],
  ["2026-12-03 02:36:28.123 -03 [7] LOG:  x", "2026-12-03T05:36:28.123Z"],
  ["2026-12-03 02:36:28 +0530 done", "2026-12-02T21:06:28Z"],
])("%s is a moment whatever the host's clock shows", (line, expected) => {
  for (const zone of ["UTC", "Europe/Berlin", "America/Los_Angeles"]) expect(momentOf(line, zone)).toBe(at(expected));
});

test("a zone's short name is the wall clock of the host, in winter and in summer", () => {
  expect(momentOf("2026-12-03 02:36:28.123 CET [7] FATAL:  x", "Europe/Berlin")).toBe(at("2026-12-03T01:36:28.123Z"));
  expect(momentOf("2026-07-03 02:36:28.123 CEST [7] FATAL:  x", "Europe/Berlin")).toBe(at("2026-07-03T00:36:28.123Z"));
  expect(momentOf("2026-12-03 02:36:28 PST", "America/Los_Angeles")).toBe(at("2026-12-03T10:36:28Z"));
  expect(momentOf("2026-12-03 02:36:28 CET", "Nowhere/AtAll")).toBe(at("2026-12-03T02:36:28Z"));
});

test("a line that begins with no moment has none", () => {
  for (const line of ["", "LOG:  x", "02:36:28 x", "20261203"]) expect(momentOf(line, "UTC")).toBeUndefined();
});
