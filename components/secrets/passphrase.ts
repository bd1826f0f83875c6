/** Something that fills an array with random bits, as WebCrypto does. */
export interface RandomSource {
  getRandomValues(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer>;
}

/**
 * Draws words from a list, each as likely as any other. Numbers beyond the last whole multiple of the list's length are drawn again:
 * taking them as they come would favour the first words.
 */
export function drawWords(list: readonly string[], count: number, source: RandomSource): readonly string[] {
  if (list.length === 0) throw new Error("the word list is empty");
  const fairBelow = Math.floor(2 ** 32 / list.length) * list.length;
  const words: string[] = [];
  const drawn = new Uint32Array(1);
  while (words.length < count) {
    source.getRandomValues(drawn);
    const number = drawn[0] ?? fairBelow;
    if (number >= fairBelow) continue;
    words.push(list[number % list.length] ?? "");
  }
  return words;
}

/** Draws so many different places of a passphrase, in order: the words that are asked back. */
export function drawPlaces(length: number, count: number, source: RandomSource): readonly number[] {
  const places = Array.from({ length }, (_, place) => String(place));
  const chosen = new Set<string>();
  while (chosen.size < Math.min(count, length)) for (const place of drawWords(places, 1, source)) chosen.add(place);
  return [...chosen].map(Number).sort((a, b) => a - b);
}

/** The words as they are typed at a prompt and sealed: with single spaces, no line end. */
export function passphraseOf(words: readonly string[]): string {
  return words.join(" ");
}

/** Whether what was typed is the word that was asked, whatever its capitals and the spaces around it. */
export function isWord(typed: string, word: string): boolean {
  return typed.trim().toLocaleLowerCase("en-GB") === word;
}
