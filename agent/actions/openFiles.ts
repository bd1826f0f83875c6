import { readdir, readFile, readlink } from "node:fs/promises";
import { toEscapedName } from "../../domain/text/safeText.ts";

/** A process that has something open below a folder. */
export interface OpenBy {
  readonly pid: number;
  /** Both are made safe to show. */
  readonly command: string;
  readonly path: string;
}

/**
 * Who has a file open, a working directory, or a mapping below a folder, by looking through /proc as lsof does. Processes of other
 * users are seen only by root: the agent is root wherever this proves anything.
 */
export async function openBelow(folder: string): Promise<readonly OpenBy[]> {
  const found: OpenBy[] = [];
  for (const name of await readdir("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const path = await firstOpenPath(pid, folder);
    if (path !== undefined) found.push({ pid, command: await commandOf(pid), path: shown(path) });
  }
  return found;
}

const shown = (text: string) => toEscapedName(Buffer.from(text));

async function firstOpenPath(pid: number, folder: string): Promise<string | undefined> {
  const isBelow = (path: string) => path === folder || path.startsWith(`${folder}/`);
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => "");
  if (isBelow(cwd)) return cwd;
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const path = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
    if (isBelow(path)) return path;
  }
  const maps = await readFile(`/proc/${pid}/maps`, "utf8").catch(() => "");
  return maps
    .split("\n")
    .map((line) => line.slice(73))
    .find(isBelow);
}

async function commandOf(pid: number): Promise<string> {
  const command = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "?");
  return shown(command.trim());
}
