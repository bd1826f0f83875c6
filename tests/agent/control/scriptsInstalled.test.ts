import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { bundleAgent } from "../../../scripts/agentPackage/bundle.ts";
import { projectRoot } from "../../../scripts/projectFiles.ts";
import { nightlyTest } from "../../support/nightly.ts";
import { SHIPPED, writeScripts } from "./support/writeScripts.ts";

const room = mkdtempSync(join(tmpdir(), "slackwater-bundle-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

/** The files of a folder, without the minute in which they were written. */
const textsIn = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder).map((name) => [
      name,
      readFileSync(join(folder, name), "utf8").replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "then"),
    ]),
  );

nightlyTest("an installed agent, which is in ASCII, writes the very scripts that a checkout writes", async () => {
  await bundleAgent(projectRoot, room);
  const program = join(room, "slackwater-agent.js");
  const told = { file: SHIPPED, params: { service: "Müller’s" }, facts: { "db.owner": "999:999" } };
  expect(await writeScripts({ ...told, out: join(room, "checkout") })).toMatchObject({ code: 0, err: "" });
  expect(await writeScripts({ ...told, out: join(room, "installed"), program })).toMatchObject({ code: 0, err: "" });
  expect(textsIn(join(room, "installed"))).toEqual(textsIn(join(room, "checkout")));
});
