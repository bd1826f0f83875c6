/** The keys of a binding as they are printed on a keyboard: "g w" → "G", "W". */
export function keyNames(keys: string): readonly string[] {
  return keys.split(" ").map((key) => key.toUpperCase());
}
