// Searches what is on this machine's disks and in its processes for texts, and prints what was found where as a JSON list:
//   node searchSecrets.ts <masked texts> <folders, or "written" for every file system that can be written> <process ids, or "all">
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { findProcess } from "../../../agent/process/processTable.ts";
import type { Found } from "../secretSearch/found.ts";
import { foundIn, needlesOf, unmaskSecrets } from "../secretSearch/needles.ts";

const [, , texts = "", folders = "", processes = ""] = process.argv;
const needles = needlesOf(unmaskSecrets(texts));
const longest = Math.max(...needles.map(({ bytes }) => bytes.length));
const found: Found[] = [];

const CHUNK_BYTES = 4 * 2 ** 20;
const chunk = Buffer.alloc(CHUNK_BYTES + longest);
const zeros = Buffer.alloc(CHUNK_BYTES);

/** Reads from an open file between two places, each chunk with the end of the one before it. */
function searchOpened(fd: number, from: number, to: number, place: Found["place"], where: string): void {
  let kept = 0;
  for (let at = from; at < to; ) {
    const size = readSync(fd, chunk, kept, Math.min(CHUNK_BYTES, to - at), at);
    if (size === 0) return;
    at += size;
    // Disks of guests are mostly holes.
    const isEmpty = chunk.subarray(kept, kept + size).equals(zeros.subarray(0, size));
    const filled = chunk.subarray(0, kept + size);
    if (!isEmpty) for (const name of foundIn(filled, needles)) found.push({ name, place, where });
    kept = Math.min(longest, filled.length);
    chunk.copyWithin(0, filled.length - kept, filled.length);
  }
}

/** What is gone or can't be read when its turn comes is left out: files come and go. */
function unlessGone(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!["ENOENT", "ESRCH", "EIO", "EACCES", "EPERM", "ENXIO"].includes((error as NodeJS.ErrnoException).code ?? "")) {
      throw error;
    }
  }
}

function withFile(path: string, work: (fd: number) => void): void {
  unlessGone(() => {
    const fd = openSync(path, "r");
    try {
      work(fd);
    } finally {
      closeSync(fd);
    }
  });
}

function searchFolder(folder: string, device: number): void {
  unlessGone(() => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (foundIn(Buffer.from(entry.name), needles).length > 0)
        found.push({ name: "a name of a file", place: "file", where: path });
      if (entry.isDirectory()) unlessGone(() => statSync(path).dev === device && searchFolder(path, device));
      if (entry.isFile()) withFile(path, (fd) => searchOpened(fd, 0, fstatSync(fd).size, "file", path));
    }
  });
}

const WRITTEN = ["ext4", "xfs", "tmpfs", "devtmpfs"];

/** Where the file systems are mounted that can be written, each once: the first mount is of all of it, later ones may be of a folder. */
function writtenFileSystems(): readonly string[] {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  const places = new Map<number, string>();
  for (const [, place = "", type = ""] of mounts) {
    if (!WRITTEN.includes(type)) continue;
    unlessGone(() => {
      const { dev } = statSync(place);
      if (!places.has(dev)) places.set(dev, place);
    });
  }
  return [...places.values()];
}

/** Memory that was searched already, as part of another process that shares it. */
const sharedSeen = new Set<string>();

function searchMemory(pid: number, where: string): void {
  const maps = readFileSync(`/proc/${pid}/maps`, "utf8").trim().split("\n");
  withFile(`/proc/${pid}/mem`, (fd) => {
    for (const line of maps) {
      const [range = "", rights = "", offset = "", device = "", inode = "0", name = ""] = line.split(/\s+/);
      // Programs and libraries as they lie on disk, and pages of the kernel's own.
      const isFileAsItIs = inode !== "0" && !rights.includes("w");
      if (!rights.startsWith("r") || isFileAsItIs || name.startsWith("[v")) continue;
      const shared = `${device}:${inode}:${offset}`;
      if (rights.endsWith("s") && sharedSeen.has(shared)) continue;
      sharedSeen.add(shared);
      const [from = 0, to = 0] = range.split("-").map((address) => Number.parseInt(address, 16));
      unlessGone(() => searchOpened(fd, from, to, "memory", where));
    }
  });
}

function searchProcess(pid: number): void {
  // This program knows what it looks for.
  if (pid === process.pid) return;
  const command = findProcess(pid)?.command.slice(0, 120) ?? "";
  const where = `${pid} ${foundIn(Buffer.from(command), needles).length > 0 ? "(its arguments are not shown)" : command}`;
  unlessGone(() => {
    for (const [place, file] of [
      ["arguments", "cmdline"],
      ["environment", "environ"],
    ] as const) {
      for (const name of foundIn(readFileSync(`/proc/${pid}/${file}`), needles)) found.push({ name, place, where });
    }
    searchMemory(pid, where);
  });
}

const everyPid = () => readdirSync("/proc").filter((name) => /^\d+$/.test(name));
for (const place of folders === "written" ? writtenFileSystems() : folders.split(",").filter(Boolean)) {
  unlessGone(() => searchFolder(place, statSync(place).dev));
}
for (const pid of processes === "all" ? everyPid() : processes.split(",").filter(Boolean)) searchProcess(Number(pid));
console.log(JSON.stringify(found.slice(0, 200)));
