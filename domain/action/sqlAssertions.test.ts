import fc from "fast-check";
import { expect, test } from "vitest";
import { Assertions, compareDecimals, parseAssertions, unmetBy } from "./sqlAssertions.ts";

const unmet = (text: string, row: Record<string, string | null>) => unmetBy(row, parseAssertions(text) ?? []);

test("assertions are read from one text: columns, numbers, quoted texts and what is not there", () => {
  expect(parseAssertions("checked = equal; missing_iv = 0;\n state != 'it''s; done'; worst is not null")).toEqual([
    { column: "checked", is: "=", other: "equal" },
    { column: "missing_iv", is: "=", value: "0" },
    { column: "state", is: "!=", value: "it's; done" },
    { column: "worst", is: "not null" },
  ]);
  for (const doubtful of [
    "",
    ";",
    "a",
    "a =",
    "a = 'open",
    "a == 1",
    "a = b c",
    "A = 1",
    "a = 1 or 1",
    "is null",
    "a => 1",
  ])
    expect([doubtful, parseAssertions(doubtful)]).toEqual([doubtful, undefined]);
  expect(JSON.stringify(Assertions.safeParse("a").error?.issues)).toContain("column >= column");
});

test("numbers compare exactly whatever their form, texts only for being equal, and a missing value fulfils nothing", () => {
  const row = { n: "9007199254740993", same: "9007199254740993.00", e: "1e3", t: "true", text: "b", none: null };
  expect(
    unmet("n = same; n > 9007199254740992; e = 1000; e < 1000.5; t = true; text = 'b'; none is null", row),
  ).toEqual([]);
  expect(unmet("n = 9007199254740992", row)).toEqual(["n = 9007199254740993, not = 9007199254740992"]);
  expect(unmet("text > 'a'; none = 0; none != 0; text is null; gone = 1; n = none", row)).toEqual([
    "text = b, not > a",
    "none = null, not = 0",
    "none = null, not != 0",
    "text is b",
    "the row has no column gone",
    "n = 9007199254740993, not = none = null",
  ]);
});

test("decimals stand to each other as their values do", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      fc.nat(20),
      (a, b, places) => {
        const expected = a < b ? -1 : a > b ? 1 : 0;
        expect(compareDecimals(String(a), String(b))).toBe(expected);
        expect(compareDecimals(`${a}e-${places}`, `${b}e-${places}`)).toBe(expected);
        expect(compareDecimals(`${a}.${"0".repeat(places + 1)}`, String(a))).toBe(0);
      },
    ),
  );
  for (const text of ["", "a", "1.", ".5", "0x1", "NaN", "1e9999"]) expect(compareDecimals(text, "1")).toBeUndefined();
});

test("what was written is read back, and no text throws or hangs", () => {
  const column = fc.stringMatching(/^[a-z_][a-z0-9_]{0,20}$/).filter((name) => name !== "true" && name !== "false");
  const is = fc.constantFrom("=", "!=", "<", "<=", ">", ">=");
  const quoted = fc.string({ maxLength: 40 });
  fc.assert(
    fc.property(fc.array(fc.tuple(column, is, quoted), { minLength: 1, maxLength: 5 }), (list) => {
      const text = list.map(([name, op, value]) => `${name} ${op} '${value.replaceAll("'", "''")}'`).join(";");
      expect(parseAssertions(text)).toEqual(list.map(([name, op, value]) => ({ column: name, is: op, value })));
    }),
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      const read = parseAssertions(text);
      if (read !== undefined) expect(Assertions.safeParse(read).success).toBe(true);
    }),
  );
});
