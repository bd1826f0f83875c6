import { Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";
import { RunId } from "../../domain/ids.ts";
import { runKeyText } from "../../protocol/handshake.ts";
import { drawPlaces, drawWords, isWord, passphraseOf } from "./passphrase.ts";
import { checkRunKey, makeWords, readWords, sealWords } from "./sealing.ts";

const RUN = "4b9ae1c6-7a52-4d25-8f55-1b5d9d9b2d10";

describe("words", () => {
  test("eight words of the EFF list, different each time", () => {
    const words = makeWords(8);
    expect(words).toHaveLength(8);
    for (const word of words) expect(word).toMatch(/^[a-z-]{3,9}$/);
    expect(makeWords(8)).not.toEqual(words);
  });

  test("a number beyond the last whole multiple is drawn again, so that no word is likelier than another", () => {
    const numbers = [2 ** 32 - 1, 4, 2 ** 32 - 1, 5];
    const source = {
      getRandomValues: (array: Uint32Array<ArrayBuffer>) => {
        array[0] = numbers.shift() ?? 0;
        return array;
      },
    };
    expect(drawWords(["a", "b", "c"], 2, source)).toEqual(["b", "c"]);
    expect(numbers).toEqual([]);
  });

  test("three different places are asked back, in order", () => {
    const places = drawPlaces(8, 3, crypto);
    expect(new Set(places).size).toBe(3);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
  });

  test("a word is known whatever its capitals, and another is not", () => {
    expect(isWord(" Lattice ", "lattice")).toBe(true);
    expect(isWord("lattices", "lattice")).toBe(false);
  });
});

describe("words that somebody holds already", () => {
  const words = makeWords(8);

  test("are read whatever stands between them and whatever their capitals", () => {
    expect(readWords(`  ${words.join("\n ").toUpperCase()} `, 8)).toEqual({ words });
  });

  test("of another number, or with a slip of a key, are not sealed", () => {
    expect(readWords(words.slice(1).join(" "), 8)).toEqual({ amiss: "These are 7 words; it has 8." });
    expect(readWords(words.with(2, "cora1").join(" "), 8)).toEqual({
      amiss: 'Word 3, "cora1", is in no passphrase made here.',
    });
    expect(readWords("", 8)).toEqual({ amiss: "These are 0 words; it has 8." });
  });
});

describe("sealing", () => {
  test("only the key of the run opens what was sealed, and finds the words with single spaces", async () => {
    const identity = await generateIdentity();
    const file = await sealWords(["coral", "ember", "lattice"], await identityToRecipient(identity));
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const bytes = Uint8Array.from(Buffer.from(file, "base64"));
    expect(await decrypter.decrypt(bytes, "text")).toBe(passphraseOf(["coral", "ember", "lattice"]));
    const stranger = new Decrypter();
    stranger.addIdentity(await generateIdentity());
    await expect(stranger.decrypt(bytes, "text")).rejects.toThrow();
  });

  test("a key that the host did not sign for this very run is refused", async () => {
    const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
    const hostKey = Buffer.from(await crypto.subtle.exportKey("raw", publicKey)).toString("base64");
    const recipient = await identityToRecipient(await generateIdentity());
    const text = new TextEncoder().encode(runKeyText({ runId: RunId.parse(RUN), recipient }));
    const signature = Buffer.from(await crypto.subtle.sign({ name: "Ed25519" }, privateKey, text)).toString("base64");
    const key = { runId: RUN, recipient, signature, hostKey };
    expect(await checkRunKey(key)).toBe("signed");
    const other = await identityToRecipient(await generateIdentity());
    expect(await checkRunKey({ ...key, recipient: other })).toBe("notSigned");
    expect(await checkRunKey({ ...key, runId: "4b9ae1c6-7a52-4d25-8f55-1b5d9d9b2d11" })).toBe("notSigned");
    expect(await checkRunKey({ ...key, hostKey: Buffer.alloc(32).toString("base64") })).toBe("notSigned");
  });
});
