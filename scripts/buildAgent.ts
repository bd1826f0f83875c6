// npm run build:agent [-- --version=1.2.3] [--folder=dist]: the Debian package of the agent for machines like this one.
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { AGENT_VERSION } from "../agent/version.ts";
import { packAgent } from "./agentPackage/package.ts";
import { projectRoot } from "./projectFiles.ts";

const { values } = parseArgs({
  options: { version: { type: "string", default: AGENT_VERSION }, folder: { type: "string", default: "dist" } },
});

/** When the sources were last committed; outside of a repository, now. */
function sourceDate(): number {
  const { stdout } = spawnSync("git", ["log", "-1", "--format=%ct"], { cwd: projectRoot, encoding: "utf8" });
  const seconds = Number.parseInt(stdout ?? "", 10);
  return Number.isFinite(seconds) ? seconds : Math.floor(Date.now() / 1000);
}

const file = await packAgent({
  root: projectRoot,
  version: values.version,
  node: process.execPath,
  folder: path.resolve(projectRoot, values.folder),
  sourceDate: sourceDate(),
  compression: 9,
});
console.log(`${file}  ${(statSync(file).size / 1024 / 1024).toFixed(1)} MiB`);
console.log(`On the host, as root: apt install ./${path.basename(file)}`);
