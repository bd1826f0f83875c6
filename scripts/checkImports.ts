import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findFaults } from "./imports/findFaults.ts";
import { projectFiles, projectRoot } from "./projectFiles.ts";

/** Checks the import arrows of the whole project; returns one line per broken arrow, each naming the right home. */
export function checkImports(root: string = projectRoot): readonly string[] {
  const files = projectFiles(root);
  const present = new Set(files);
  const sources = new Map<string, string>();
  for (const path of files) {
    if (/\.tsx?$/.test(path) && !path.endsWith(".d.ts")) sources.set(path, readFileSync(join(root, path), "utf8"));
  }
  const exists = (path: string) => present.has(path) || path.startsWith("generated/");
  return findFaults(sources, exists).map((one) => `${one.path}:${one.line} ${one.problem}. ${one.home}`);
}

if (import.meta.main) {
  const faults = checkImports();
  for (const line of faults) console.error(line);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
