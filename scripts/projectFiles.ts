import { readdirSync } from "node:fs";
import { join } from "node:path";

const NOT_OURS = new Set(["node_modules", ".git", ".next", ".slackwater", "generated", "test-results", "dist"]);

/** The project's root: every path that the scripts print is relative to it. */
export const projectRoot = join(import.meta.dirname, "..");

/** Every file of the project, by path from its root with forward slashes; installed and generated ones are left out. */
export function projectFiles(root: string = projectRoot): readonly string[] {
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !NOT_OURS.has(entry.name)) walk(path);
      if (entry.isFile()) found.push(path);
    }
  };
  walk("");
  return found.sort();
}
