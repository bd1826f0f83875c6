import fc from "fast-check";
import { expect, test } from "vitest";
import { Lookups, parseLookups, parseReferences, References, SqliteTables } from "./sqliteNames.ts";

test("tables, references and values are read from a parameter's text, and a doubtful one is refused", () => {
  expect(SqliteTables.parse("jobs; users,\n tool_configs")).toEqual(["jobs", "users", "tool_configs"]);
  expect(parseReferences("job_history.job_id -> jobs.id")).toEqual([
    { child: "job_history", column: "job_id", parent: "jobs", key: "id" },
  ]);
  expect(parseLookups("version: app_state.value where key = version")).toEqual([
    { label: "version", table: "app_state", column: "value", where: "key", equals: "version" },
  ]);
  expect(parseLookups("v: t.a where k = 1; v: t.b where k = 1")).toBeUndefined();
  for (const doubtful of ["jobs", "a.b -> c", 'a.b -> c.d" or 1 -- ', "a.b -> c.d drop"])
    expect(parseReferences(doubtful)).toBeUndefined();
  expect(JSON.stringify(References.safeParse("x").error?.issues)).toContain("child.column -> parent.key");
  expect(SqliteTables.safeParse(["a\0b"]).success).toBe(false);
});

test("what was written as text is read back as it was", () => {
  const word = fc.stringMatching(/^\w{1,20}$/);
  fc.assert(
    fc.property(
      fc.array(fc.record({ child: word, column: word, parent: word, key: word }), { maxLength: 5 }),
      (list) => {
        const text = list.map(({ child, column, parent, key }) => `${child}.${column} -> ${parent}.${key}`).join("; ");
        expect(parseReferences(text)).toEqual(list);
      },
    ),
  );
  const value = fc.stringMatching(/^[^\s;]([^;\n\r]*[^\s;])?$/);
  fc.assert(
    fc.property(word, word, word, value, (table, column, where, equals) => {
      const text = `a: ${table}.${column} where ${where} = ${equals}`;
      expect(parseLookups(text)).toEqual([{ label: "a", table, column, where, equals }]);
    }),
  );
});

test("no text whatever throws, and a list that was read holds no name that the schema would refuse", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      for (const schema of [References, Lookups]) {
        const read = schema.safeParse(text);
        if (read.success) expect(schema.safeParse(read.data).success).toBe(true);
      }
    }),
  );
});
