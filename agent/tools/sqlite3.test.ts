import fc from "fast-check";
import { expect, test } from "vitest";
import { parseFigures, quotedName, quotedText, shellWord, sqliteAskCall, sqliteBackupCall } from "./sqlite3.ts";

// Captured from sqlite3 3.40 of Debian 12.
const ANSWER = `[{"kind":"integrity","name":"ok","n":0}]
[{"kind":"rows","name":"jobs","n":3000},
{"kind":"rows","name":"a ]}, table","n":3}]
`;

test("answers of several statements are read row by row, and what is no answer is told", () => {
  expect(parseFigures(ANSWER)).toEqual([
    { kind: "integrity", name: "ok", n: 0 },
    { kind: "rows", name: "jobs", n: 3000 },
    { kind: "rows", name: "a ]}, table", n: 3 },
  ]);
  expect(parseFigures("")).toEqual([]);
  for (const other of ["ok", "[]", '{"kind":1}', '[{"kind":"rows","name":"x","n":-1}]', "Error: near"])
    expect(() => parseFigures(other)).toThrow(/sqlite3 printed/);
});

test("every figure that the shell can print is read, and no text does anything else than be refused", () => {
  const figure = fc.record({ kind: fc.string(), name: fc.string(), n: fc.nat() });
  fc.assert(
    fc.property(fc.array(fc.array(figure, { minLength: 1, maxLength: 4 }), { maxLength: 4 }), (answers) => {
      const printed = answers.map((rows) => `[${rows.map((row) => JSON.stringify(row)).join(",\n")}]\n`).join("");
      expect(parseFigures(printed)).toEqual(answers.flat());
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseFigures(text);
      } catch (error) {
        expect(error).toMatchObject({ code: "outputUnreadable" });
      }
    }),
  );
});

test("a name, a text and a word end where they were meant to end", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(quotedName(text).slice(1, -1).replaceAll('""', '"')).toBe(text);
      expect(quotedName(text).slice(1, -1).replaceAll('""', "")).not.toContain('"');
      expect(quotedText(text).slice(1, -1).replaceAll("''", "")).not.toContain("'");
      expect(
        shellWord(text)
          .slice(1, -1)
          .replaceAll(/\\[\\"]/g, ""),
      ).not.toMatch(/[\\"]/);
    }),
  );
});

test("a database is opened for reading only, by an address in which no character of its path means anything", () => {
  const path = "/srv/what?mode=rw#100%/a b.db";
  for (const call of [
    sqliteAskCall(path, ["select 1"], { isStill: false, busyMs: 5 }),
    sqliteBackupCall(path, "/b", 5),
  ]) {
    expect(call.args).toContain("file:///srv/what%3Fmode=rw%23100%25/a%20b.db?mode=ro");
    expect(call.args.slice(0, 4)).toEqual(["-batch", "-bail", "-init", "/dev/null"]);
  }
});

test("a lock, damage, a full disk and a missing table are four things", () => {
  const { failureOf } = sqliteAskCall("/a", [], { isStill: false, busyMs: 0 });
  expect(failureOf?.(5, "Error: in prepare, database is locked (5)")).toBe("timedOut");
  expect(failureOf?.(26, "Error: in prepare, file is not a database (26)")).toBe("databaseDamaged");
  expect(failureOf?.(11, "")).toBe("databaseDamaged");
  expect(failureOf?.(1, "Error: database or disk is full")).toBe("diskFull");
  expect(failureOf?.(1, "Error: in prepare, no such table: nope")).toBe("expectationFailed");
  expect(failureOf?.(1, 'Error: unable to open database "x": unable to open database file')).toBe("deviceMissing");
});
