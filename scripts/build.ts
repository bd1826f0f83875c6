// npm run build: the pages; the database client was made by scripts/start.mjs. With --if-stale, only when something that goes in has changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { packFiles } from "./packFiles.ts";
import { projectFiles, projectRoot } from "./projectFiles.ts";

const STAMP = path.join(projectRoot, ".next", "slackwater-inputs");
const INPUTS =
  /^(app|components|domain|protocol|server|prisma|public|types)\/|^(package-lock\.json|package\.json)$|^(next|postcss|prisma|ts)config\.|^(next\.config|postcss\.config|prisma\.config|tsconfig)\./;

/** A digest of everything that the build reads. */
function inputsDigest(): string {
  const hash = createHash("sha256");
  for (const file of projectFiles()) {
    if (!INPUTS.test(file) || /\.test\.tsx?$/.test(file)) continue;
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(path.join(projectRoot, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

function run(program: string, ...words: readonly string[]): boolean {
  return spawnSync(program, words, { cwd: projectRoot, stdio: "inherit" }).status === 0;
}

const digest = inputsDigest();
const isFresh = existsSync(STAMP) && readFileSync(STAMP, "utf8") === digest;
if (process.argv.includes("--if-stale") && isFresh) {
  console.log("The build is up to date.");
} else {
  console.log("Building the pages, which takes a minute or two.");
  if (run("next", "build")) {
    packFiles(path.join(projectRoot, ".next", "static"));
    writeFileSync(STAMP, digest);
  } else process.exitCode = 1;
}
