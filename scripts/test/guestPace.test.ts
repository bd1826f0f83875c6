import { expect, test } from "vitest";
import { paceOf } from "./guestPace.ts";

test.each([
  ["as quick as the machine that the shares were written on", 330, 1],
  ["quicker", 90, 1],
  ["slower: the share grows with it", 660, 2],
  ["far slower: never to more than three times the share", 5_000, 3],
])("a machine that is %s", (_what, nodeStartMs, shares) => {
  expect(paceOf(nodeStartMs, 1.5 * nodeStartMs)).toEqual({ nodeStartMs, shares, sideBySide: true });
});

test("guests that hinder each other are started one after the other", () => {
  expect(paceOf(1_000, 3_100).sideBySide).toBe(false);
});
