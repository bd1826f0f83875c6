/** A text cut to a length in UTF-16 units, with a mark where it was cut; never through the middle of a character. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
