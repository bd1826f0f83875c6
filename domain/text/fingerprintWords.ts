import type { Digest } from "../ids.ts";

/** How many words a fingerprint is shown as: about 77 of its 256 bits, enough against a key made to look alike. */
export const FINGERPRINT_WORDS = 6;

/**
 * A digest as words that two people can read to each other. The list is passed in, since it is a package's and domain/ takes
 * none: the EFF long list, 7,776 words in the order of its dice numbers. Both sides must use the same list in the same order.
 */
export function fingerprintWords(digest: Digest, words: readonly string[]): readonly string[] {
  let rest = BigInt(`0x${digest}`);
  const size = BigInt(words.length);
  const chosen: string[] = [];
  for (let i = 0; i < FINGERPRINT_WORDS; i += 1) {
    chosen.push(words[Number(rest % size)] ?? "");
    rest /= size;
  }
  return chosen;
}

/** The words of a package that keys them by dice ("11111" to "66666"), in the order of their dice. */
export function wordsInOrder(wordsByDice: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(wordsByDice)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, word]) => word);
}
