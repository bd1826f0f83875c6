import { runInThisContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inAscii } from "./inAscii.ts";

const said = (code: string): unknown => runInThisContext(inAscii(code));

test("a program in ASCII says what it said before, in strings, templates and patterns", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
      const literal = JSON.stringify(text);
      expect(inAscii(literal)).toMatch(/^[\0-\x7f]*$/);
      expect(said(literal)).toBe(text);
    }),
  );
  expect(said("`“${1 + 1}” …`")).toBe("“2” …");
  expect(said("/^[€-😀]+$/u.test('€😀') && /[äß]/.test('ß') && !/^[😀]$/u.test('😁')")).toBe(true);
  expect(said("{ let größe = 3; /* ← */ größe }")).toBe(3);
});
