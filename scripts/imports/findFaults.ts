import { posix } from "node:path";
import type { Row, Target } from "./law.ts";
import { IMPURE, LAW } from "./law.ts";
import { readImports } from "./readImports.ts";
import type { Place } from "./zoneOf.ts";
import { zoneOf } from "./zoneOf.ts";

/** One broken arrow: where it stands, what was done and where the code belongs instead. */
export interface Fault {
  readonly path: string;
  readonly line: number;
  readonly problem: string;
  readonly home: string;
}

const isTest = (path: string) => /\.test\.tsx?$/.test(path);
const covers = (names: readonly string[], wanted: string) =>
  names.some((name) => wanted === name || wanted.startsWith(`${name}/`));

/**
 * Judges every file against the law in law.ts.
 *
 * @param sources path from the project's root → text, for each TypeScript file
 * @param exists says whether a path (a resolved relative import) is a file; generated code counts as there
 */
export function findFaults(sources: ReadonlyMap<string, string>, exists: (path: string) => boolean): readonly Fault[] {
  const faults: Fault[] = [];
  const importersOf = new Map<string, { path: string; line: number }[]>();

  for (const [path, source] of sources) {
    const place = zoneOf(path);
    const row = rowOf(place);
    const reading = readImports(path, source);
    const add = (line: number, problem: string, home = row.home) => faults.push({ path, line, problem, home });
    if (reading.error) add(1, `cannot be parsed: ${reading.error}`, "Mend the syntax first.");

    for (const { text, line } of reading.imports) {
      if (text.startsWith(".")) {
        const target = posix.normalize(posix.join(posix.dirname(path), text));
        if (!exists(target))
          add(line, `imports ${text}, which is not a file`, "Name the file with its ending (.ts, .tsx).");
        else if (!mayReach(row, place, target, isTest(path))) add(line, `imports ${target}`);
      } else if (text.startsWith("node:")) {
        if (isTest(path)) continue;
        if (!row.node || covers(row.nodeNever ?? [], text)) add(line, `imports ${text}`);
      } else if (row.oneFileEach && covers(row.oneFileEach, text)) {
        if (isTest(path)) continue;
        const key = `${row.zone} ${text}`;
        importersOf.set(key, [...(importersOf.get(key) ?? []), { path, line }]);
      } else if (!isTest(path) && !mayUse(row, text)) add(line, `imports the package ${text}`);
    }
    if (row.pure && !isTest(path)) {
      for (const { text, line } of reading.globals) {
        const instead = IMPURE.get(text);
        if (instead) add(line, `uses ${text}`, `${row.zone}/ knows no clock, chance or outside: ${instead}.`);
      }
    }
  }
  for (const [key, importers] of importersOf) {
    const files = new Set(importers.map((one) => one.path));
    if (files.size < 2) continue;
    const [zone = "", name = ""] = key.split(" ");
    for (const { path, line } of importers) {
      const home = `In ${zone}/ one file wraps ${name} and the rest imports that file: ${[...files].join(", ")}.`;
      faults.push({ path, line, problem: `imports the package ${name}, as another file does`, home });
    }
  }
  return faults;
}

function rowOf(place: Place): Row {
  const row = LAW.find((one) => one.zone === place.zone);
  if (!row) throw new Error(`scripts/imports/law.ts has no row for ${place.zone}`);
  return row;
}

function mayReach(row: Row, from: Place, path: string, test: boolean): boolean {
  // Names the version, and ships with whatever part ships.
  if (path === "package.json") return row.node;
  const to = zoneOf(path);
  if (test && to.zone === "tests") return true;
  return row.may.some((target) => matches(target, from, to));
}

function matches(target: Target, from: Place, to: Place): boolean {
  if (target === to.zone) return true;
  if (target === "domain/format") return to.zone === "domain" && to.noun === "format";
  if (to.zone !== "server/<noun>") return false;
  if (target === "any noun") return true;
  if (target === "own noun") return from.noun === to.noun;
  return target === to.door;
}

function mayUse(row: Row, name: string): boolean {
  return "only" in row.packages ? covers(row.packages.only, name) : !covers(row.packages.never, name);
}
