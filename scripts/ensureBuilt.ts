import { spawnSync } from "node:child_process";
import path from "node:path";
import { projectRoot } from "./projectFiles.ts";

/** Makes the production build when it is not what the sources say now, printing what it does. False when the build failed; its own message is printed then. */
export function ensureBuilt(): boolean {
  const program = path.join(projectRoot, "scripts", "build.ts");
  return spawnSync(process.execPath, [program, "--if-stale"], { cwd: projectRoot, stdio: "inherit" }).status === 0;
}
