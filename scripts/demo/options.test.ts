import { expect, test } from "vitest";
import { readOptions, WrongWords } from "./options.ts";

test("without words it is a demo for people, with about 300 MB", () => {
  expect(readOptions([])).toEqual({ auto: false, sabotage: undefined, sizeBytes: 300_000_000, port: 3000 });
});

test("every wrong word is answered with what is right", () => {
  for (const words of [
    ["--fail", "fire", "--auto"],
    ["--fail", "corrupt"],
    ["--size", "5"],
    ["--port", "x"],
    ["--speed"],
  ]) {
    expect(() => readOptions(words)).toThrow(WrongWords);
  }
  expect(readOptions(["--auto", "--fail", "corrupt-under", "--size", "5G"])).toMatchObject({
    sabotage: "corrupt-under",
    sizeBytes: 5e9,
  });
});
