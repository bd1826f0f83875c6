/**
 * Nests values by the dots of their names: `db.size_bytes` becomes `{ db: { size_bytes } }`. `branch` makes a value of a level.
 * Where one name is the beginning of another, the shorter one stands; the linter refuses such a runbook.
 */
export function nestByDots<T>(
  entries: readonly (readonly [name: string, value: T])[],
  branch: (level: Record<string, T>) => T,
): Record<string, T> {
  const groups = new Map<string, (readonly [string, T])[]>();
  for (const [name, value] of entries) {
    const dot = name.indexOf(".");
    const word = dot < 0 ? name : name.slice(0, dot);
    groups.set(word, [...(groups.get(word) ?? []), [dot < 0 ? "" : name.slice(dot + 1), value]]);
  }
  return Object.fromEntries(
    [...groups].map(([word, group]) => {
      const own = group.find(([rest]) => rest === "");
      return [word, own === undefined ? branch(nestByDots(group, branch)) : own[1]];
    }),
  );
}

/** The value at a dotted name in nested plain objects; undefined where there is none. */
export function valueAtName(root: unknown, name: string): unknown {
  let value = root;
  for (const word of name.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, word)) return undefined;
    value = Reflect.get(value, word);
  }
  return value;
}
