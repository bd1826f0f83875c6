import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Digest } from "../ids.ts";
import { compileRunbook } from "./compile.ts";
import { readRunbook } from "./read.ts";
import { renderTemplate } from "./template.ts";

const good = readFileSync(new URL("../../runbooks/luks-postgres/runbook.yaml", import.meta.url), "utf8");
const lines = good.split("\n");
const sha256 = (): Digest => Digest.parse("0".repeat(64));

function isAnswer(source: string): void {
  const compiled = compileRunbook(source, sha256);
  if (compiled.ok) return;
  const errors = compiled.problems.filter((problem) => problem.severity === "error");
  expect(errors.length).toBeGreaterThan(0);
  const lineCount = source.split("\n").length;
  for (const { line, column, message } of errors) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lineCount + 1);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(message).not.toMatch(/undefined|\[object/);
  }
}

test("any text at all gives a plan or problems with a place, and never throws", { timeout: 60_000 }, () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.string({ unit: fc.constantFrom(..."{}[]:,-&*!|>'\"%@`#? \n\tab1~"), maxLength: 80 }),
    fc.json({ maxDepth: 4 }),
  );
  fc.assert(fc.property(text, isAnswer), { numRuns: 300 });
});

test("the shipped runbook with lines taken out, doubled or swapped gives a plan or problems with a place", {
  timeout: 120_000,
}, () => {
  const place = fc.nat({ max: lines.length - 1 });
  const edit = fc.record({ kind: fc.constantFrom("drop", "double", "swap", "indent"), at: place, other: place });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const mutated = [...lines];
      for (const { kind, at, other } of edits) {
        const line = mutated[at] ?? "";
        if (kind === "drop") mutated.splice(at, 1);
        else if (kind === "double") mutated.splice(at, 0, line);
        else if (kind === "indent") mutated[at] = `  ${line}`;
        else [mutated[at], mutated[other]] = [mutated[other] ?? "", line];
      }
      isAnswer(mutated.join("\n"));
    }),
    { numRuns: 40 },
  );
});

test("the shipped runbook with characters changed anywhere gives a plan or problems with a place", {
  timeout: 120_000,
}, () => {
  const change = fc.record({ at: fc.nat({ max: good.length - 1 }), by: fc.string({ unit: "binary", maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      let text = good;
      for (const { at, by } of changes) text = text.slice(0, at) + by + text.slice(at + by.length);
      isAnswer(text);
    }),
    { numRuns: 40 },
  );
});

test("nesting without end and aliases without end are refused, not followed", () => {
  expect(readRunbook("[".repeat(100_000)).ok).toBe(false);
  expect(readRunbook(`a: ${"{ a: ".repeat(2000)}1${" }".repeat(2000)}`).ok).toBe(false);
  const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 12; i++)
    bomb.push(
      `a${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(", ")}]`,
    );
  const began = performance.now();
  expect(readRunbook(bomb.join("\n"))).toMatchObject({ ok: false });
  expect(performance.now() - began).toBeLessThan(2000);
  expect(readRunbook("x".repeat(2_000_000))).toMatchObject({ ok: false });
});

test("any template gives a text or a reason, and never throws", () => {
  const template = fc.string({
    unit: fc.constantFrom("{{", "}}", "{%", "%}", " ", "a.b", "|", "if", "endif", "bytes", "'", "\n", "x"),
    maxLength: 12,
  });
  fc.assert(
    fc.property(template, (text) => {
      const rendered = renderTemplate(text, (name) => (name === "a.b" ? 1 : undefined));
      if (rendered.ok) for (const piece of rendered.pieces) expect(piece.kind).toBeTypeOf("string");
      else expect(rendered.message.length).toBeGreaterThan(0);
    }),
    { numRuns: 1000 },
  );
});
