import { expect, test } from "vitest";
import type { FactView } from "../../protocol/http/evidence.ts";
import { sortFacts } from "./facts.ts";

const fact = (name: string, text: string): FactView => ({
  name,
  title: name,
  text,
  measuredAt: 0,
  staleAt: null,
  source: "db-1",
});

test("a fact that was taken on both sides stands with both; one that was not stays on its own", () => {
  const { pairs, others } = sortFacts([
    fact("before.rows", "10"),
    fact("after.rows", "10"),
    fact("baseline.health_ms", "12 ms"),
    fact("accepted.health_ms", "13 ms"),
    fact("before.digest", "a"),
  ]);
  expect(pairs.map((pair) => [pair.name, pair.before.text, pair.after.text])).toEqual([
    ["rows", "10", "10"],
    ["health_ms", "12 ms", "13 ms"],
  ]);
  expect(others.map(({ name }) => name)).toEqual(["before.digest"]);
});
