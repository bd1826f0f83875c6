import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const SOURCE_PATH = join(import.meta.dirname, "xstateShim.c");

/**
 * Builds the library that the guest kernel is started with (xstateShim.c says why), once per folder and text of the
 * source; returns its path. Throws what gcc wrote.
 */
export async function buildShim(folder: string): Promise<string> {
  const digest = createHash("sha256")
    .update(await readFile(SOURCE_PATH))
    .digest("hex");
  const path = join(folder, `xstateShim-${digest.slice(0, 16)}.so`);
  const isBuilt = await access(path).then(
    () => true,
    () => false,
  );
  if (isBuilt) return path;
  await mkdir(folder, { recursive: true });
  // Two guests may be started at the same moment, by one process or by two.
  const draft = `${path}.${randomUUID()}`;
  try {
    await run("gcc", ["-O2", "-Wall", "-Wextra", "-shared", "-fPIC", "-o", draft, SOURCE_PATH]);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  return path;
}
