import { readdir, readFile, readlink, stat } from "node:fs/promises";
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

/**
 * Who has one of these files open, by what the file is (see `identityOf`) and not by its name: a container knows it by another, and a
 * renamed one is still written by who had it open.
 */
export async function holdersOf(identities: readonly string[]): Promise<readonly OpenBy[]> {
  const found: OpenBy[] = [];
  if (identities.length === 0) return found;
  for (const name of await readdir("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const path = await heldPath(pid, identities);
    if (path !== undefined) found.push({ pid, command: await commandOf(pid), path: shown(path) });
  }
  return found;
}

async function heldPath(pid: number, identities: readonly string[]): Promise<string | undefined> {
  for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
    const link = `/proc/${pid}/fd/${descriptor}`;
    const path = await readlink(link).catch(() => "");
    // Pipes and sockets have no path.
    if (path.startsWith("/") && identities.includes((await identityOf(link)) ?? "")) return path;
  }
  return undefined;
}

/** What a file is, whatever it is called: device and inode. Undefined where nothing is there. */
export async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
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
