import { expect, test } from "vitest";
import { parseSize, readParameters } from "./readParameters.ts";
import type { Runbook } from "./schema.ts";

const parameters: Runbook["parameters"] = {
  port: { type: "integer", default: 5432, description: "Port" },
  quota: { type: "size", default: "1GiB", description: "Size" },
  soak: { type: "duration", default: "1h", description: "Time" },
  path: { type: "path", default: "", description: "Path" },
  kind: { type: "choice", choices: ["a", "b"], default: "a", description: "Kind" },
  name: { type: "string", pattern: "[a-z]+", description: "Name" },
  dry: { type: "flag", default: false, description: "Flag" },
};

test("defaults stand in, and every value is kept in its own type: sizes in bytes, durations in ms", () => {
  expect(readParameters({ parameters }, { name: "db", soak: "1h30m", quota: "300 MB", dry: "true" })).toEqual({
    ok: true,
    parameters: { port: 5432, quota: 300_000_000, soak: 5_400_000, path: "", kind: "a", name: "db", dry: true },
  });
});

test("each field says what is wrong with it, and names that do not exist are refused", () => {
  const read = readParameters(
    { parameters },
    { port: "54a", quota: "much", path: "relative", kind: "c", dry: "maybe", extra: 1 },
  );
  expect(read).toEqual({
    ok: false,
    problems: {
      port: "This is not a whole number.",
      quota: "This is not a size such as 20 GiB.",
      path: "This is not an absolute path without .. in it.",
      kind: "One of a, b is needed.",
      name: "A value is needed.",
      dry: "Yes or no is needed.",
      extra: "The runbook has no such parameter.",
    },
  });
});

test("sizes are read in decimal and binary units", () => {
  expect(parseSize("1.5GiB")).toBe(1_610_612_736);
  expect(parseSize("2 GB")).toBe(2_000_000_000);
  expect(parseSize("4096")).toBe(4096);
  expect(parseSize("-1")).toBeUndefined();
  expect(parseSize("5 parsecs")).toBeUndefined();
});
