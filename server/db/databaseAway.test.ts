import { expect, test } from "vitest";
import { isDatabaseAway, isDatabaseFull } from "./databaseAway.ts";

const withCode = (code: string, message = "no") => Object.assign(new Error(message), { code });

test("a full disk is told from a database that is away and from one that refuses, however deep the error lies", () => {
  const words = 'Database error. Code: `53100`. Message: `could not extend file "base/1/2": No space left on device`';
  for (const full of [withCode("53100"), withCode("P2039", words), new Error("x", { cause: withCode("53100") })]) {
    expect([isDatabaseFull(full), isDatabaseAway(full)]).toEqual([true, false]);
  }
  for (const away of [withCode("53300"), withCode("57P03"), withCode("ECONNREFUSED"), withCode("P1001")]) {
    expect([isDatabaseFull(away), isDatabaseAway(away)]).toEqual([false, true]);
  }
  for (const other of [withCode("23505"), new TypeError("no"), "53100", undefined]) {
    expect([isDatabaseFull(other), isDatabaseAway(other)]).toEqual([false, false]);
  }
});
