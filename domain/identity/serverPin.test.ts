import { expect, test } from "vitest";
import { Digest } from "../ids.ts";
import { pinOf } from "./serverPin.ts";

const shown = (digit: string, isRoot = false) => ({ key: Digest.parse(digit.repeat(64)), isRoot });

test("a server that shows the root of its own authority is known by it, whatever key it has itself", () => {
  expect(pinOf([shown("a"), shown("f", true)])).toBe("f".repeat(64));
  expect(pinOf([shown("b"), shown("c"), shown("f", true)])).toBe("f".repeat(64));
});

test("without a root at the end it is known by its own key: authorities that serve everybody say nothing of who it is", () => {
  expect(pinOf([shown("a")])).toBe("a".repeat(64));
  expect(pinOf([shown("a"), shown("c")])).toBe("a".repeat(64));
  expect(pinOf([shown("a", true)])).toBe("a".repeat(64));
});

test("a server that shows nothing is known by nothing", () => {
  expect(pinOf([])).toBeUndefined();
});
