import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createLineSplitter } from "./lineSplitter.ts";

function linesOf(chunks: readonly Buffer[], maxBytes = 64): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter(maxBytes, (line, isCut) =>
    lines.push(line.toString("latin1") + (isCut ? "…" : "")),
  );
  for (const chunk of chunks) splitter.write(chunk);
  splitter.end();
  return lines;
}

test("LF, CR and CR LF each end one line, and an unfinished last line is not lost", () => {
  expect(linesOf([Buffer.from("one\ntwo\rthree\r\n\nfive")])).toEqual(["one", "two", "three", "", "five"]);
});

test("a CR LF torn by a chunk border is one end of line", () => {
  expect(linesOf([Buffer.from("one\r"), Buffer.from("\ntwo\n")])).toEqual(["one", "two"]);
});

test("a line that is too long is given out cut, once, and the next line is whole again", () => {
  expect(linesOf([Buffer.from("0123456"), Buffer.from("789\nok\n")], 4)).toEqual(["0123…", "ok"]);
});

test("100 MB without a newline cost no more than the limit", () => {
  const before = process.memoryUsage().rss;
  const chunk = Buffer.alloc(65_536, "x");
  const lines: number[] = [];
  const splitter = createLineSplitter(65_536, (line) => lines.push(line.length));
  for (let i = 0; i < 1_600; i += 1) splitter.write(chunk);
  splitter.end();
  expect(lines).toEqual([65_536]);
  expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
});

test("wherever the bytes are cut into chunks, the lines are the same", () => {
  const chunk = fc
    .string({ unit: fc.constantFrom("a", "b", "\n", "\r"), maxLength: 8 })
    .map((text) => Buffer.from(text));
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 12 }), (chunks) => {
      expect(linesOf(chunks, 5)).toEqual(linesOf([Buffer.concat(chunks)], 5));
    }),
    { numRuns: 2000 },
  );
});
