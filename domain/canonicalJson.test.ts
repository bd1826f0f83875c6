import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "./canonicalJson.ts";

test("the example of RFC 8785 3.2.3 has its canonical order and numbers", () => {
  const value = {
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "1": "One",
    numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 1e-27],
  };
  expect(canonicalJson(value)).toBe(
    '{"\\r":"Carriage Return","1":"One","numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"\u20ac":"Euro Sign"}',
  );
});

test("the text means the same value, whatever order its keys came in", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("what JSON can't say is refused, not written as null", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1n, [undefined], "\ud800", () => 1]) {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  }
});
