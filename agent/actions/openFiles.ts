import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { stat } from "node:fs/promises";
import { setImmediate as rest } from "node:timers/promises";
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
export function openBelow(folder: string): Promise<readonly OpenBy[]> {
  return openBy((pid) => firstOpenPath(pid, folder));
}

/**
 * Who has one of these files open, by what the file is (see `identityOf`) and not by its name: a container knows it by another, and a
 * renamed one is still written by who had it open.
 */
export async function holdersOf(identities: readonly string[]): Promise<readonly OpenBy[]> {
  return identities.length === 0 ? [] : openBy((pid) => heldPath(pid, identities));
}

/** So long processes are looked at before everything else has its turn (ms). */
const SLICE_MS = 20;

/** /proc is looked at in place and not through the thread pool, where each of some ten thousand looks costs several times as much. */
async function openBy(
  pathOf: (pid: number) => string | undefined | Promise<string | undefined>,
): Promise<readonly OpenBy[]> {
  const found: OpenBy[] = [];
  let restAtMs = performance.now() + SLICE_MS;
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    if (performance.now() > restAtMs) {
      await rest();
      restAtMs = performance.now() + SLICE_MS;
    }
    const path = await pathOf(pid);
    if (path !== undefined) found.push({ pid, command: commandOf(pid), path: shown(path) });
  }
  return found;
}

async function heldPath(pid: number, identities: readonly string[]): Promise<string | undefined> {
  for (const { link, path } of descriptorsOf(pid)) {
    // Pipes and sockets have no path. Asked through the pool: what a file is may lie on a server that does not answer.
    if (path.startsWith("/") && identities.includes((await identityOf(link)) ?? "")) return path;
  }
  return undefined;
}

/** What each descriptor of a process leads to. None of a process that has ended meanwhile, or that is not ours to look at. */
function descriptorsOf(pid: number): readonly { readonly link: string; readonly path: string }[] {
  const names = orElse(() => readdirSync(`/proc/${pid}/fd`), []);
  return names.map((name) => {
    const link = `/proc/${pid}/fd/${name}`;
    return { link, path: linkAt(link) };
  });
}

const linkAt = (link: string): string => orElse(() => readlinkSync(link), "");

function orElse<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}

/** What a file is, whatever it is called: device and inode. Undefined where nothing is there. */
export async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

const shown = (text: string) => toEscapedName(Buffer.from(text));

function firstOpenPath(pid: number, folder: string): string | undefined {
  const isBelow = (path: string) => path === folder || path.startsWith(`${folder}/`);
  const cwd = linkAt(`/proc/${pid}/cwd`);
  if (isBelow(cwd)) return cwd;
  const open = descriptorsOf(pid).find(({ path }) => isBelow(path));
  if (open !== undefined) return open.path;
  const maps = orElse(() => readFileSync(`/proc/${pid}/maps`, "utf8"), "");
  // Most processes have nothing of it mapped, and their list is long.
  if (!maps.includes(folder)) return undefined;
  return maps
    .split("\n")
    .map((line) => line.slice(73))
    .find(isBelow);
}

function commandOf(pid: number): string {
  return shown(orElse(() => readFileSync(`/proc/${pid}/comm`, "utf8"), "?").trim());
}
