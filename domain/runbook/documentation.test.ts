import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { problemText } from "./problem.ts";
import { readRunbook } from "./read.ts";
import { TEMPLATE_FILTERS } from "./templateFilters.ts";

const page = readFileSync(new URL("../../docs/runbook-language.md", import.meta.url), "utf8");

test("the runbook on the page about the language reads without an error or a warning", () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const read = readRunbook(example);
  expect(read.ok ? [] : read.errors.map(problemText)).toEqual([]);
  expect(read.warnings.map(problemText)).toEqual([]);
});

test("the page names every filter", () => {
  for (const name of Object.keys(TEMPLATE_FILTERS)) expect(page).toContain(`\`${name}`);
});
