import { expect, test } from "vitest";
import type { FactType } from "../fact/fact.ts";
import { readFact } from "./readFact.ts";

test.each<[FactType, string, unknown]>([
  ["text", "999:999", "999:999"],
  ["text", "15", "15"],
  ["flag", "true", true],
  ["size", "20GiB", 20 * 1024 ** 3],
  ["count", "3", 3],
  ["number", "-1.5", -1.5],
  ["percent", "15", 15],
  ["duration", "1h30m", 5_400_000],
  ["duration", "250", 250],
  ["instant", "2026-12-01T02:00:00Z", Date.UTC(2026, 11, 1, 2)],
  ["instant", "1796090400000", 1_796_090_400_000],
  ["record", '{"users":12}', { users: 12 }],
])("a %s is read from %s in its own type", (type, text, value) => {
  expect(readFact(type, text)).toEqual({ ok: true, value });
});

test.each<[FactType, string]>([
  ["flag", "yes"],
  ["size", "large"],
  ["count", "1.5"],
  ["number", "1e999"],
  ["duration", "soon"],
  ["instant", "tomorrow"],
  ["record", "[[1]]"],
  ["record", "null"],
  ["record", "{"],
])("a %s is never guessed from %s", (type, text) => {
  expect(readFact(type, text)).toMatchObject({ ok: false, message: expect.stringContaining("This is not") });
});
