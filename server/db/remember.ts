/** Puts a promise last and drops the oldest beyond `most`; a promise that fails is not remembered. */
export function remember<Key, Value>(
  map: Map<Key, Promise<Value>>,
  key: Key,
  value: Promise<Value>,
  most: number,
): void {
  map.delete(key);
  map.set(key, value);
  value.catch(() => {
    if (map.get(key) === value) map.delete(key);
  });
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
