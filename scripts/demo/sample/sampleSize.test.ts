import { expect, test } from "vitest";
import { parseSize } from "./sampleSize.ts";

test("a size is read as people write it", () => {
  expect([parseSize("300M"), parseSize("5G"), parseSize("1.5g"), parseSize("20MB")]).toEqual([3e8, 5e9, 1.5e9, 2e7]);
});

test.each(["", "300", "M", "-1G", "0M", "5T", "1e9G", "5 G"])(
  "%j is refused, and the message says what to write",
  (bad) => {
    expect(() => parseSize(bad)).toThrow("write 300M or 5G");
  },
);
