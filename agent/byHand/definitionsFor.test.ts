import { expect, test } from "vitest";
import { bash, Definition } from "./bash.ts";
import { definitionsFor } from "./definitionsFor.ts";

const inner = new Definition("inner", bash`inner() { :; }`);
const outer = new Definition("outer", bash`outer() { ${inner}; }`);
const named = (port: number) => new Definition("sql", bash`sql() { psql --port ${port}; }`);

test("a function stands once, and after those that it calls", () => {
  const { atTop, lines } = definitionsFor([bash`${outer} a`, bash`${inner} b`, bash`${outer} c`]);
  expect(atTop.map(({ name }) => name)).toEqual(["inner", "outer"]);
  expect(lines).toEqual(["outer a", "inner b", "outer c"]);
});

test("what no line needs is not there", () => {
  expect(definitionsFor([bash`true`])).toEqual({ atTop: [], lines: ["true"] });
});

test("where one name means another function, that stands before the line that needs it", () => {
  const { atTop, lines } = definitionsFor([
    bash`${named(1)} a`,
    bash`${named(2)} b`,
    bash`${named(2)} c`,
    bash`${named(1)} d`,
  ]);
  expect(atTop.map(({ body }) => body.text)).toEqual(["sql() { psql --port 1; }"]);
  expect(lines).toEqual(["sql a", "sql() { psql --port 2; }", "sql b", "sql c", "sql() { psql --port 1; }", "sql d"]);
});

test("values are quoted, our own text is not, and a brace of bash is written with a backslash before it", () => {
  expect(bash`printf '%s\n' "\${a[@]}" ${"a b"} ${3} ${["c", bash`"$d"`, "e f"]}`.text).toBe(
    `printf '%s\\n' "\${a[@]}" 'a b' 3 c "$d" 'e f'`,
  );
});
