import { expect, test } from "vitest";
import { Failure } from "../../../domain/failure.ts";
import { linesWithout } from "./linesWithout.ts";

test("lines that match a pattern are left out, and the others stay as they are", () => {
  const lines = ["ERROR: a", "ERROR: terminating connection", "ERROR: b"];
  expect(linesWithout(lines, [/terminating/u, /^nothing$/u])).toEqual(["ERROR: a", "ERROR: b"]);
  expect(linesWithout(lines, [])).toEqual(lines);
  const many = Array.from({ length: 100_000 }, (_, at) => `2026-11-30 02:00:00 UTC [${at}] ERROR: deadlock detected`);
  expect(linesWithout(many, [/terminating connection due to (administrator|idle)/u, /\[7\d*\]/u])).toHaveLength(88_889);
});

test("a pattern without end is broken off and named, and the process goes on", { timeout: 20_000 }, () => {
  const endless = () => linesWithout([`ERROR: ${"a".repeat(200)}!`], [/^ERROR: (a+)+$/u]);
  expect(endless).toThrow(Failure);
  expect(endless).toThrow("take longer than 2 s");
});
