import { expect, test } from "vitest";
import { z } from "zod";
import { Flag, ReadPathOrNone, TextList, WholeNumber } from "../../domain/action/argument.ts";
import { schemaRows } from "./schemaRows.ts";
import { unitOf } from "./unitOf.ts";

const row = (schema: z.ZodType) => schemaRows(z.strictObject({ it: schema }))[0];

test("the page says what an argument may be after its text was read, and what stands in for it", () => {
  const port = WholeNumber.pipe(z.int().min(1).max(65_535)).default(5432).describe("Where it listens.");
  expect(row(port)).toMatchObject({
    type: "whole number from 1 to 65,535",
    default: "5432",
    isNeeded: false,
    meaning: "Where it listens.",
  });
  expect(row(WholeNumber)).toMatchObject({ type: "whole number", isNeeded: true, default: undefined });
  expect(row(Flag)).toMatchObject({ type: "`true` or `false`" });
  expect(row(TextList)).toMatchObject({ type: "list of texts" });
  expect(row(z.enum(["plain", "docker"]))).toMatchObject({ type: "`plain` or `docker`" });
  expect(row(z.record(z.string(), z.int().min(0)))).toMatchObject({ type: "by name, each a whole number" });
});

test("the page says of an argument what it reaches on the host, whatever stands around it", () => {
  expect(row(ReadPathOrNone.default(""))).toMatchObject({ role: "readPath", type: 'absolute path or nothing (`""`)' });
  expect(row(ReadPathOrNone.optional().describe("x"))).toMatchObject({ role: "readPath", isNeeded: false });
});

test("a shape that has a name is told once, with its members, also where a list holds it", () => {
  const Part = z.strictObject({ port: WholeNumber }).meta({ title: "Server", description: "Who is asked." });
  for (const schema of [Part, Part.optional(), z.array(Part)]) {
    expect(row(schema)?.part).toMatchObject({ title: "Server", about: "Who is asked.", rows: [{ name: "port" }] });
  }
});

test("a number's unit is the last word of its name, and nothing else has one", () => {
  expect(unitOf("graceMs", "whole number")).toBe("ms");
  expect(unitOf("bytes_per_second", "number")).toBe("bytes a second");
  expect(unitOf("started_at", "whole number")).toContain("1970");
  expect(unitOf("port", "whole number")).toBeUndefined();
  expect(unitOf("format", "whole number")).toBeUndefined();
  expect(unitOf("created_at", "text")).toBeUndefined();
});
