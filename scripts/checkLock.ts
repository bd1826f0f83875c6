import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { projectRoot } from "./projectFiles.ts";

const Versions = z.record(z.string(), z.string());
const LockedPackage = z.object({
  version: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  optionalDependencies: Versions.optional(),
  dependencies: Versions.optional(),
  devDependencies: Versions.optional(),
});
const Lock = z.object({ packages: z.record(z.string(), LockedPackage) });
const Manifest = z.object({
  dependencies: Versions.default({}),
  devDependencies: Versions.default({}),
  optionalDependencies: Versions.default({}),
  allowScripts: z.record(z.string(), z.boolean()).default({}),
});

/**
 * Checks that package-lock.json alone is enough for `npm ci`, on every platform and not only on this one.
 *
 * @returns one line per fault, each saying what to do
 */
export function findLockFaults(manifestText: string, lockText: string): readonly string[] {
  const manifest = Manifest.parse(JSON.parse(manifestText));
  const { packages } = Lock.parse(JSON.parse(lockText));
  const faults: string[] = [];
  for (const kind of ["dependencies", "devDependencies", "optionalDependencies"] as const) {
    for (const [name, version] of Object.entries(manifest[kind])) {
      if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
        faults.push(`package.json: ${name} is "${version}"; write the exact version (npm install --save-exact).`);
      }
      if (packages[""]?.[kind]?.[name] !== version) {
        faults.push(`package-lock.json does not know ${name} ${version}; ${REGENERATE}`);
      }
    }
  }
  for (const [folder, entry] of Object.entries(packages)) {
    if (folder === "") continue;
    const name = `${nameOf(folder)}@${entry.version}`;
    if (!entry.link && !entry.integrity) faults.push(`${name} has no integrity in the lock; ${REGENERATE}`);
    if (entry.hasInstallScript && manifest.allowScripts[nameOf(folder)] === undefined) {
      faults.push(`${name} runs a script when it is installed; decide in package.json allowScripts.`);
    }
  }
  for (const [folder, entry] of Object.entries(packages)) {
    const missing = Object.keys(entry.optionalDependencies ?? {}).filter((name) => !isLocked(packages, folder, name));
    if (missing.length > 0) {
      const owner = folder === "" ? "package.json" : `${nameOf(folder)}@${entry.version}`;
      faults.push(
        `${owner} lacks ${missing.join(", ")}: npm ci fails on their platforms. Choose a version whose packages the registry has; then ${REGENERATE}`,
      );
    }
  }
  return faults;
}

const REGENERATE = `run "rm -rf node_modules package-lock.json && npm install" (with node_modules there, npm drops other platforms).`;

function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
}

/** Node looks for a package beside its user and then in each folder above. */
function isLocked(packages: Readonly<Record<string, unknown>>, folder: string, name: string): boolean {
  const above = folder.split("/node_modules/"); // "node_modules/a/node_modules/b": two levels and the root
  for (let depth = above.length; depth >= 0; depth -= 1) {
    const place = folder === "" || depth === 0 ? "" : `${above.slice(0, depth).join("/node_modules/")}/`;
    if (packages[`${place}node_modules/${name}`] !== undefined) return true;
  }
  return false;
}

/** findLockFaults for this project. */
export function checkLock(root: string = projectRoot): readonly string[] {
  const read = (name: string) => readFileSync(path.join(root, name), "utf8");
  return findLockFaults(read("package.json"), read("package-lock.json"));
}

if (import.meta.main) {
  const faults = checkLock();
  for (const line of faults) console.error(line);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
