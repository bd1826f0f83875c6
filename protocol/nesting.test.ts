import { expect, test } from "vitest";
import { isNestedTooDeep, MOST_NESTED } from "./nesting.ts";

/** Lists in lists, so many. */
const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));

test("what is nested as deep as it may be is taken, and one level more is not", () => {
  expect(isNestedTooDeep(nested(MOST_NESTED))).toBe(false);
  expect(isNestedTooDeep(nested(MOST_NESTED + 1))).toBe(true);
  expect(isNestedTooDeep({ a: { b: [nested(MOST_NESTED)] } })).toBe(true);
  expect(isNestedTooDeep({ wide: Array(5000).fill({ a: 1 }), text: "[[[[" })).toBe(false);
});

test("nesting beyond every stack is told and not followed", () => {
  expect(isNestedTooDeep(nested(100_000))).toBe(true);
});
