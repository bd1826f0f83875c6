import type { TreeEntry } from "./tree.ts";
import { walkTree } from "./tree.ts";

/** One name in two trees: on both sides, or on one only. */
export type Pair =
  | { readonly on: "both"; readonly source: TreeEntry; readonly target: TreeEntry }
  | { readonly on: "source"; readonly source: TreeEntry }
  | { readonly on: "target"; readonly target: TreeEntry };

/** Order in which `walkTree` comes by: name by name, from the top down. */
export function inWalkOrder(a: string, b: string): number {
  const left = a.split("/");
  const right = b.split("/");
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const l = left[i] ?? "";
    const r = right[i] ?? "";
    if (l !== r) return l < r ? -1 : 1;
  }
  return left.length - right.length;
}

/** Walks two trees side by side and pairs what has the same name, keeping neither in memory. */
export async function* pairTrees(source: string, target: string, signal: AbortSignal): AsyncGenerator<Pair> {
  const left = walkTree(source, signal);
  const right = walkTree(target, signal);
  let l = await left.next();
  let r = await right.next();
  while (!l.done || !r.done) {
    const order = l.done ? 1 : r.done ? -1 : inWalkOrder(l.value.path, r.value.path);
    if (order === 0 && !l.done && !r.done) {
      yield { on: "both", source: l.value, target: r.value };
      l = await left.next();
      r = await right.next();
    } else if (order < 0 && !l.done) {
      yield { on: "source", source: l.value };
      l = await left.next();
    } else if (!r.done) {
      yield { on: "target", target: r.value };
      r = await right.next();
    }
  }
}
