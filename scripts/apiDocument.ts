// npm run docs:api: writes docs/openapi.json from the schemas that the routes parse with.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { apiDocument } from "../protocol/http/api/document.ts";
import { projectRoot } from "./projectFiles.ts";

/** Where the published document lies. */
export const API_DOCUMENT = "docs/openapi.json";

if (import.meta.main) {
  writeFileSync(path.join(projectRoot, API_DOCUMENT), `${JSON.stringify(apiDocument(), null, 2)}\n`);
  spawnSync("biome", ["format", "--write", API_DOCUMENT], { cwd: projectRoot, stdio: "inherit" });
  console.log(`Written: ${API_DOCUMENT}.`);
}
