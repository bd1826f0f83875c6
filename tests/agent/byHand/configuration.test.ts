import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { dataDirectoryIn, withDataDirectory } from "../../../agent/actions/postgres/configuration.ts";
import { POINTED_ELSEWHERE, POINTS_AT, REPLACE_FILE } from "../../../agent/actions/postgres/configurationByHand.ts";
import type { BashLine } from "../../../agent/byHand/bash.ts";
import { bash } from "../../../agent/byHand/bash.ts";
import { definitionsFor } from "../../../agent/byHand/definitionsFor.ts";
import { nightlyTest } from "../../support/nightly.ts";
import { runAlone } from "./support/runBash.ts";

const room = mkdtempSync(join(tmpdir(), "slackwater-configuration-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const file = join(room, "postgresql.conf");

async function run(...lines: readonly BashLine[]): Promise<string> {
  const defined = definitionsFor(lines);
  const text = ["set -euo pipefail", ...defined.atTop.map(({ body }) => body.text), ...defined.lines].join("\n");
  const { code, out, err } = await runAlone(["bash", "-c", text], { LC_ALL: "C" });
  expect([code, err]).toEqual([0, ""]);
  return out;
}

const line = fc.oneof(
  fc.constantFrom(
    ..."data_directory = '/var/lib/postgresql/17/main' # note|data_directory '/a''b'|  data_directory='/x y'  |\tdata_directory = ''".split(
      "|",
    ),
    ...["#data_directory = '/no'", "data_directory = /bare", "data_directory = 'half", "port = 5432", "", "# x"],
    String.raw`data_directory = '/back\\slash\'s'`,
  ),
  fc.string({ unit: fc.constantFrom(..."ad_=' \t#/\\"), maxLength: 12 }),
);
const configuration = fc
  .tuple(fc.array(line, { maxLength: 6 }), fc.boolean())
  .map(([lines, hasEnd]) => lines.join("\n") + (hasEnd && lines.length > 0 ? "\n" : ""));

nightlyTest("by hand a configuration is read and changed as the action does it", async () => {
  await fc.assert(
    fc.asyncProperty(configuration, fc.constantFrom("/mnt/x", "/it's here"), async (text, directory) => {
      writeFileSync(file, text);
      const added = withDataDirectory("", directory).trimEnd();
      const out = await run(
        bash`${POINTS_AT} ${file} /otherwise`,
        bash`${POINTED_ELSEWHERE} ${file} ${added} | ${REPLACE_FILE} ${file}`,
      );
      // An empty one is as good as none: no server starts in a folder without a name.
      expect(out).toBe(`${dataDirectoryIn(text) || "/otherwise"}\n`);
      expect(readFileSync(file, "utf8")).toBe(withDataDirectory(text, directory));
    }),
    { numRuns: 80 },
  );
});

test("a file that is replaced keeps its owner and its mode", async () => {
  writeFileSync(file, "old\n", { mode: 0o640 });
  const before = statSync(file);
  await run(bash`printf 'new\n' | ${REPLACE_FILE} ${file}`);
  const after = statSync(file);
  expect(readFileSync(file, "utf8")).toBe("new\n");
  expect([after.mode, after.uid, after.gid]).toEqual([before.mode, before.uid, before.gid]);
});
