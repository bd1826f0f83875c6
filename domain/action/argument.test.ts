import { expect, test } from "vitest";
import { TextList } from "./argument.ts";

test("a list is taken or refused alike as a text and as a list, so that the runner never refuses what the agent took", () => {
  expect(TextList.parse(" a, b\n,c ")).toEqual(["a", "b", "c"]);
  expect(TextList.parse(TextList.parse("a,b"))).toEqual(["a", "b"]);
  for (const items of [["x".repeat(401)], Array(101).fill("x")]) {
    expect(TextList.safeParse(items).success).toBe(false);
    expect(TextList.safeParse(items.join(",")).success).toBe(false);
  }
});
