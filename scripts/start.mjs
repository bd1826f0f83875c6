// Runs one of the project's TypeScript programs on the project's own Node 24, whatever Node the caller has:
//   node scripts/start.mjs [--install] <program.ts> [arguments]
// Plain JavaScript without dependencies, because it must work on Node 20 and before the first install.
// --install: run `npm ci` first when node_modules is missing or is not what package-lock.json says.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE_MAJOR = 24;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = path.join(root, "node_modules", ".bin");

/** Packages of a lock file by folder, or nothing when there is no such file. */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** A sentence saying why node_modules does not match package-lock.json, or undefined when it does. */
function whyInstall() {
  const wanted = lockedPackages(path.join(root, "package-lock.json"));
  const present = lockedPackages(path.join(root, "node_modules", ".package-lock.json"));
  if (!present) return "node_modules is not there yet";
  for (const [folder, entry] of Object.entries(wanted ?? {})) {
    if (folder === "") continue;
    const found = present[folder];
    if (!found && entry.optional) continue; // built for another platform
    if (found?.version !== entry.version) return `${folder} is not at ${entry.version}`;
  }
  return undefined;
}

function install(reason) {
  console.log(`Installing: ${reason} (npm ci, about a minute).`);
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const result = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, stdio: "inherit" });
  if (result.status !== 0) fail("npm ci did not succeed; its own message is above.");
}

/** The Node that the lock file brought, or the caller's when that is new enough. */
function findNode() {
  const folder = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const file = process.platform === "win32" ? "node.exe" : "node";
  const own = path.join(root, "node_modules", folder, "bin", file);
  if (existsSync(own)) return own;
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE_MAJOR) return process.execPath;
  return undefined;
}

/**
 * Makes the database client from prisma/schema when that is not what it was made from. A clean clone has none, and the programs
 * import it before a line of theirs could make it.
 */
function generateClient(node, env) {
  const schema = path.join(root, "prisma", "schema");
  if (!existsSync(schema)) return;
  const stamp = path.join(root, "generated", "madeFrom");
  const digest = createHash("sha256").update(
    lockedPackages(path.join(root, "package-lock.json"))?.["node_modules/prisma"]?.version ?? "",
  );
  for (const name of readdirSync(schema).sort()) digest.update(readFileSync(path.join(schema, name)));
  const wanted = digest.digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  const prisma = path.join(root, "node_modules", "prisma", "build", "index.js");
  if (!existsSync(prisma)) fail('The packages are not installed yet. Run "npm ci" first.');
  const result = spawnSync(node, [prisma, "generate"], { cwd: root, env, encoding: "utf8" });
  if (result.status !== 0) fail(`prisma generate did not succeed:\n${result.stdout}${result.stderr}`);
  writeFileSync(stamp, wanted);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

const words = process.argv.slice(2);
const wantsInstall = words[0] === "--install";
if (wantsInstall) words.shift();
const [program, ...rest] = words;
if (!program) fail("Say which program to run: node scripts/start.mjs [--install] <program.ts> [arguments]");

const reason = wantsInstall ? whyInstall() : undefined;
if (reason) install(reason);
const node = findNode();
if (!node)
  fail(
    `Slackwater runs on Node ${OLDEST_NODE_MAJOR}; this is ${process.version}. Run "npm ci" first: it brings its own.`,
  );
if (!existsSync(path.join(root, program))) fail(`There is no ${program} in this version.`);

// The program and whatever it starts find this project's Node and tools first, and what Node made of our sources the last time: without
// that each start takes the types out of some five hundred files anew, half a second of a core.
const env = {
  NODE_COMPILE_CACHE: path.join(root, "node_modules", ".cache", "node"),
  ...process.env,
  PATH: [bin, path.dirname(node), process.env.PATH].join(path.delimiter),
  NEXT_TELEMETRY_DISABLED: "1",
  CHECKPOINT_DISABLE: "1",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
  DO_NOT_TRACK: "1",
};
generateClient(node, env);
const child = spawn(node, [path.join(root, program), ...rest], { cwd: root, env, stdio: "inherit" });
// A terminal sends Ctrl-C to the child too; forwarding it as well would look like an impatient second one.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on("error", (error) => fail(`Could not start ${node}: ${error.message}`));
child.on("exit", (code, signal) => {
  if (!signal) process.exit(code ?? 1);
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
  process.kill(process.pid, signal);
});
