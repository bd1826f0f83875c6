/** A label above the timeline, before it is placed. Forms go from the fullest to the shortest. */
export type LabelWish = {
  readonly id: string;
  readonly x: number;
  readonly tone: "ink" | "ink2" | "back";
  /** Named before any other is named in full: now, the end, the point of no return, the finish. */
  readonly isEssential: boolean;
  readonly forms: readonly { readonly title: string; readonly detail?: string }[];
};

export type PlacedLabel = {
  readonly id: string;
  readonly tone: LabelWish["tone"];
  readonly title: string;
  readonly detail?: string;
  readonly x: number;
  readonly anchor: "start" | "middle" | "end";
  /** From where to where it takes room, in px. */
  readonly left: number;
  readonly right: number;
};

export type MeasureText = (text: string) => number;

/** Words that make no sense at the end of a shortened title. */
const DANGLING = new Set([
  "the",
  "a",
  "an",
  "of",
  "on",
  "onto",
  "in",
  "into",
  "to",
  "and",
  "with",
  "for",
  "from",
  "by",
]);

/**
 * The widest guess a system font can make true: 0.62 em for each character, 12 % more than the mean of the widest of
 * the stack, so that labels placed by it do not overlap with another font.
 */
export function estimateTextWidth(fontPx: number): MeasureText {
  return (text) => text.length * fontPx * 0.62;
}

/** As many words of a title as fit, without a word left dangling; undefined when not even the first does. */
export function fitWords(title: string, widthPx: number, measure: MeasureText): string | undefined {
  const words = title.split(" ");
  while (words.length > 0) {
    const last = words.at(-1)?.toLowerCase();
    const isDangling = words.length > 1 && last !== undefined && DANGLING.has(last);
    if (!isDangling && measure(words.join(" ")) <= widthPx) return words.join(" ");
    words.pop();
  }
  return undefined;
}

const ANCHORS = ["middle", "end", "start"] as const;

/**
 * Places labels so that no two touch: centred over its moment, else to its left, else to its right. When room is short
 * they are first shortened, then lose their second line, then are left out, the least important first. Essential ones
 * are all given their shortest form before the first of them is given a longer one.
 * @param wishes the most important first
 */
export function placeLabels(
  wishes: readonly LabelWish[],
  widthPx: number,
  gapPx: number,
  measure: MeasureText,
): readonly PlacedLabel[] {
  const placed = new Map<string, PlacedLabel>();
  const place = (wish: LabelWish, forms: LabelWish["forms"]): void => {
    const others = [...placed.values()].filter((label) => label.id !== wish.id);
    const fitting = firstFit(wish, forms, others, widthPx, gapPx, measure);
    if (fitting) placed.set(wish.id, fitting);
  };
  const essential = wishes.filter((wish) => wish.isEssential);
  for (const wish of essential) place(wish, wish.forms.slice(-1));
  for (const wish of essential) place(wish, wish.forms);
  for (const wish of wishes) if (!wish.isEssential) place(wish, wish.forms);
  return [...placed.values()];
}

function firstFit(
  wish: LabelWish,
  forms: LabelWish["forms"],
  placed: readonly PlacedLabel[],
  widthPx: number,
  gapPx: number,
  measure: MeasureText,
): PlacedLabel | undefined {
  for (const form of forms) {
    const width = Math.max(measure(form.title), form.detail === undefined ? 0 : measure(form.detail));
    for (const anchor of ANCHORS) {
      const left = wish.x - (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0);
      const right = left + width;
      if (left < 0 || right > widthPx) continue;
      if (placed.some((other) => left < other.right + gapPx && right > other.left - gapPx)) continue;
      return { id: wish.id, tone: wish.tone, ...form, x: wish.x, anchor, left, right };
    }
  }
  return undefined;
}
