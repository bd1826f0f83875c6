import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { bash } from "../../../agent/byHand/bash.ts";
import { definitionsFor } from "../../../agent/byHand/definitionsFor.ts";
import { PGPASS } from "../../../agent/byHand/pgpass.ts";
import { runAlone } from "./support/runBash.ts";

const room = mkdtempSync(join(tmpdir(), "slackwater-pgpass-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

test.each([
  ["with a newline behind it", "it's: a\\b \n", "*:*:*:*:it's\\: a\\\\b"],
  ["without one", "plain", "*:*:*:*:plain"],
])("a password %s is written as PostgreSQL reads it, and is gone when the script ends", async (_, password, line) => {
  const file = join(room, "password");
  writeFileSync(file, password);
  const { atTop, lines } = definitionsFor([
    bash`passfile=$(${PGPASS} ${file})`,
    bash`stat --format=%a -- "$passfile"`,
    bash`cat -- "$passfile"`,
  ]);
  const script = join(room, "script.sh");
  writeFileSync(
    script,
    ["set -euo pipefail", ...atTop.map(({ body }) => body.text), ...lines, 'echo "$work"'].join("\n"),
  );
  const { code, out, err } = await runAlone(["bash", script]);
  const [mode, written, work = ""] = out.split("\n");
  expect([code, err, mode, written]).toEqual([0, "", "600", line]);
  expect(() => readdirSync(work)).toThrow("ENOENT");
});
