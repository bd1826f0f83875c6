/**
 * Moves labels that would overlap apart, each as little as needed, and keeps them inside.
 * @param places where each would stand, as shares of the height, in any order
 * @param room the least distance between two, as a share of the height
 * @returns where each stands, in the order given
 */
export function spreadLabels(places: readonly number[], room: number): readonly number[] {
  const order = places.map((place, index) => ({ index, place })).sort((a, b) => a.place - b.place);
  let floor = Number.NEGATIVE_INFINITY;
  for (const label of order) {
    label.place = Math.max(label.place, floor);
    floor = label.place + room;
  }
  let ceiling = 1;
  for (const label of order.toReversed()) {
    label.place = Math.min(label.place, ceiling);
    ceiling = label.place - room;
  }
  const moved = new Map(order.map((label) => [label.index, label.place]));
  return places.map((place, index) => Number((moved.get(index) ?? place).toFixed(6)));
}

/** Keeps, from the left, those that have room since the last one kept; the others are dropped. */
export function withRoom(places: readonly number[], room: number): readonly number[] {
  const kept: number[] = [];
  for (const place of places) {
    const last = kept.at(-1);
    if (last === undefined || place - last >= room) kept.push(place);
  }
  return kept;
}
