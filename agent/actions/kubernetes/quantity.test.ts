import { expect, test } from "vitest";
import { quantityOf } from "./quantity.ts";

test("a quantity is read by its suffix, and anything else is none", () => {
  const read = (text: string) => quantityOf(text);
  expect(["250m", "123456789n", "1500u", "2", "0"].map(read)).toEqual([0.25, 0.123456789, 0.0015, 2, 0]);
  expect(["34Ki", "34k", "1.5Gi", "12e2", "1E"].map(read)).toEqual([34_816, 34_000, 1.5 * 2 ** 30, 1200, 1e18]);
  for (const text of ["", "m", "12 Mi", "12mi", "1e400", "0x10", "1Mib", "toString", "-", "1.2.3"]) {
    expect(quantityOf(text), text).toBeUndefined();
  }
});
