import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../canonicalJson.ts";
import { storable } from "./storable.ts";

test("whatever JSON a host or a browser sends, what comes out can be stored and hashed", () => {
  const anyText = fc.string({ unit: fc.constantFrom("a", "\0", "\ud800", "\udc00", "\u20ac", "\\", '"') });
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), anyText, (value, text) => {
      const out = canonicalJson(storable({ value, [text]: [text] }));
      expect(out).not.toContain("\\u0000");
      expect(JSON.parse(out)).toEqual(storable(JSON.parse(out)));
    }),
  );
});

test("what is fine already stays as it is", () => {
  const value = { a: ["x", 1, true, null, { b: "\u{1f512}\n" }] };
  expect(storable(value)).toEqual(value);
});
