import { Buffer } from "node:buffer";
import { Failure } from "../../domain/failure.ts";

/** Words that bash takes as they are, wherever an argument may stand. */
const PLAIN = /^[\w@%+:,./-][\w@%+=:,./-]*$/;
/** What stands between plain quotes and looks like itself: ASCII without what people or shellcheck might take for more, letters, figures. */
const IN_SINGLE = /^(?!~)[ -#%&(-[\]-_a-~…\p{L}\p{N}]*$/u;
/** The same between double quotes, which an apostrophe may stand in; without what bash would look into. */
const IN_DOUBLE = /^(?!~)[ #%-[\]-_a-~…\p{L}\p{N}]*$/u;
/** Letters that nobody sees. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/u;

/**
 * A word as bash reads it back, byte for byte: bare, between quotes, or as `$'…'`, where control characters, characters that hide or turn
 * text, and all that is no letter are written as escapes. Throws `argumentsInvalid` for a NUL, which no program can be given.
 */
export function bashWord(word: string): string {
  if (!word.includes("\0")) return quotedWord(word);
  throw new Failure(
    "argumentsInvalid",
    "A text with a NUL in it can't be given to a program, nor be written down for bash.",
  );
}

/** The same for showing alone, where nothing may fail: a NUL stands as `\x00`. */
export function quotedWord(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!UNSEEN.test(word)) {
    if (IN_SINGLE.test(word)) return `'${word}'`;
    if (IN_DOUBLE.test(word)) return `"${word}"`;
    const pieces = word.split("'");
    if (pieces.every((piece) => piece !== "" && IN_SINGLE.test(piece))) return `'${pieces.join(`'\\''`)}'`;
  }
  return `$'${Array.from(word, escaped).join("")}'`;
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  if (character === "'" || character === "\\") return `\\${character}`;
  if (/^[ -~…\p{L}\p{N}]$/u.test(character) && !UNSEEN.test(character)) return character;
  // Two digits each, so that what follows is never taken for a third; bytes, since \u depends on the reader's language.
  return Array.from(Buffer.from(character), (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}
