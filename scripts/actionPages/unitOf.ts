/** Units by how the name of a value ends: arguments are camelCase, results snake_case. The longest ending counts. */
const UNITS: readonly (readonly [ending: string, unit: string])[] = [
  ["bytes_per_second", "bytes a second"],
  ["per_second", "a second"],
  ["per_minute", "a minute"],
  ["KiBps", "KiB a second"],
  ["KiB", "KiB"],
  ["MiB", "MiB"],
  ["GiB", "GiB"],
  ["Bytes", "bytes"],
  ["bytes", "bytes"],
  ["bits", "bits"],
  ["Percent", "percent"],
  ["percent", "percent"],
  ["Seconds", "seconds"],
  ["seconds", "seconds"],
  ["Ms", "ms"],
  ["ms", "ms"],
  ["At", "instant: ms since 1970, UTC"],
  ["at", "instant: ms since 1970, UTC"],
];

/**
 * The unit that a value's name ends in; undefined where it has none. Only a whole last word counts (`started_at`, not `format`), and
 * only a number has a unit.
 */
export function unitOf(name: string, type: string): string | undefined {
  if (!/number/.test(type) || /^list/.test(type)) return undefined;
  return UNITS.find(([ending]) => {
    if (name === ending.toLowerCase()) return true;
    return /^[A-Z]/.test(ending) ? name.endsWith(ending) : name.endsWith(`_${ending}`);
  })?.[1];
}
