/** The keys of an object whose type lists them all. The one place where TypeScript has to be told that keys are just those. */
export function keysOf<K extends string>(record: Readonly<Record<K, unknown>>): [K, ...K[]] {
  const isKey = (key: string): key is K => Object.hasOwn(record, key);
  const [first, ...rest] = Object.keys(record).filter(isKey);
  if (first === undefined) throw new TypeError("an empty record has no keys to list");
  return [first, ...rest];
}
