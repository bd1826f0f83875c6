import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readRunbook } from "../read.ts";

const page = readFileSync(new URL("../../../docs/runbook-language.md", import.meta.url), "utf8");
const small = /```yaml\n([\s\S]+?)```/.exec(page)?.[1] ?? "";
const CLUSTER = "cluster: { kind: docker, container: db, database: app, user: postgres }";

/** The runbook of the page, with a batch in the place of its copy. */
const withBatch = small
  .replace(
    /task: \{ action: files\.copy.*\}\n/,
    `task: { action: sql.batch, host: files, with: { ${CLUSTER}, statement: "select f($1)", total: "select 1", remaining: "select 0", untilPercent: "20" } }\n`,
  )
  .replace("result.files_source == result.files_target", "result.done_percent >= 20.0");

test("a batch that no rollback step cancels is a warning", () => {
  const read = readRunbook(withBatch);
  expect(read).toMatchObject({ ok: true, warnings: [{ message: expect.stringContaining("sql.cancel") }] });
  const cancel = `rollback:\n  steps:\n    - { id: end-batches, title: End it, when: began("copy"), lasts: 1m, task: { action: sql.cancel, host: files, with: { ${CLUSTER} } } }`;
  expect(readRunbook(withBatch.replace("rollback:\n  steps: []", cancel))).toMatchObject({ ok: true, warnings: [] });
});
