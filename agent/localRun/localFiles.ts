import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { LocalTurn } from "../../domain/localRun/localTurn.ts";
import type { Instant } from "../../domain/time.ts";
import { appendDurably, syncDirectory } from "../process/durableFile.ts";

/** Where the turns of a run lie that this host carries on by itself: beside the pack that it stands on. */
export function localTurnsPath(packFolder: string): string {
  return join(packFolder, "local.jsonl");
}

/** The turns as they are on the disk, as far as their lines are whole; or in words which line is damaged. */
export type ReadTurns =
  | { readonly ok: true; readonly turns: readonly LocalTurn[]; readonly soundBytes: number }
  | { readonly ok: false; readonly problem: string };

/** Reads them. The torn end of a last write is left out: nothing was done on it, since it is written before anything is done. */
export function readTurns(path: string): ReadTurns {
  if (!existsSync(path)) return { ok: true, turns: [], soundBytes: 0 };
  const text = readFileSync(path, "utf8");
  const sound = text.slice(0, text.lastIndexOf("\n") + 1);
  const turns: LocalTurn[] = [];
  for (const [index, line] of sound.split("\n").slice(0, -1).entries()) {
    const turn = LocalTurn.safeParse(parsed(line));
    if (!turn.success) return { ok: false, problem: `line ${index + 1} of ${path} is damaged` };
    turns.push(turn.data);
  }
  return { ok: true, turns, soundBytes: Buffer.byteLength(sound) };
}

/** Adds a turn behind the bytes that are known to be whole; it is on the disk when this returns. Returns the new length. */
export function appendTurn(path: string, turn: LocalTurn, atBytes: number): number {
  const bytes = Buffer.from(`${JSON.stringify(turn)}\n`);
  appendDurably(path, bytes, atBytes);
  return atBytes + bytes.length;
}

/** Lets go of the turns: they are on the server's record. */
export function removeTurns(path: string): void {
  rmSync(path, { force: true });
  syncDirectory(dirname(path));
}

/** Keeps the turns beside the pack, which goes with its run, for people: nobody carries the run on from them any more. Returns where. */
export function setTurnsAside(path: string, now: Instant): string {
  const aside = `${dirname(path)}-refused-${now}.jsonl`;
  renameSync(path, aside);
  syncDirectory(dirname(aside));
  return aside;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
