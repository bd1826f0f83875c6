import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runbookJsonSchema } from "./runbookJsonSchema.ts";

const published: unknown = JSON.parse(readFileSync(new URL("../../docs/runbook.schema.json", import.meta.url), "utf8"));

test("the published schema is the one that runbooks are read with (else: npm run docs:actions)", () => {
  expect(published).toEqual(JSON.parse(JSON.stringify(runbookJsonSchema())));
});

test("editors are offered every action, and the names of its arguments with what they mean", () => {
  const text = JSON.stringify(published);
  expect(text).toContain('"files.copy"');
  expect(text).toContain('"resumeByChecksum"');
  expect(text).toContain("Fastest that it may copy");
});
