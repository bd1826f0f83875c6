/**
 * Bytes that some program wrote, made harmless to look at.
 *
 * Output and file names on a host are bytes: they can hold terminal sequences, NULs, halves of characters, and characters
 * that turn the reading direction round. They are stored as they are and pass through here on their way to a screen. HTML
 * is not touched: whoever puts text into a page escapes it there, as with any other text.
 */

/** Invisible or direction-changing characters, by code point: soft hyphen, zero-width, bidi controls, separators, tags. */
function isTreacherous(codePoint: number): boolean {
  return (
    codePoint === 0xad ||
    codePoint === 0x61c ||
    codePoint === 0x180e ||
    (codePoint >= 0x200b && codePoint <= 0x200f) ||
    (codePoint >= 0x2028 && codePoint <= 0x202e) ||
    (codePoint >= 0x2060 && codePoint <= 0x206f) ||
    codePoint === 0xfeff ||
    (codePoint >= 0xfff9 && codePoint <= 0xfffb) ||
    (codePoint >= 0xe0000 && codePoint <= 0xe007f)
  );
}

function isControl(codePoint: number): boolean {
  return codePoint < 0x20 || (codePoint >= 0x7f && codePoint <= 0x9f);
}

/** How many bytes a UTF-8 sequence has that begins with this byte; 0 when none can. */
function sequenceLength(first: number): 0 | 1 | 2 | 3 | 4 {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  if (first >= 0xf0 && first <= 0xf4) return 4;
  return 0;
}

/** The least code point that may be written with so many bytes; anything lower is a disguise and not UTF-8. */
const LEAST = [0, 0, 0x80, 0x800, 0x10000] as const;

type Step =
  | { readonly kind: "character"; readonly codePoint: number; readonly length: number }
  | { readonly kind: "badByte"; readonly byte: number }
  | { readonly kind: "unfinished" };

/** The character at `at`, or that the byte there is none, or that the bytes end in the middle of one. */
function stepAt(bytes: Uint8Array, at: number): Step {
  const first = bytes[at] ?? 0;
  const length = sequenceLength(first);
  if (length === 1) return { kind: "character", codePoint: first, length };
  if (length === 0) return { kind: "badByte", byte: first };
  let codePoint = first & (0x7f >> length);
  for (let i = 1; i < length; i += 1) {
    const next = bytes[at + i];
    if (next === undefined) return { kind: "unfinished" };
    if ((next & 0xc0) !== 0x80) return { kind: "badByte", byte: first };
    codePoint = (codePoint << 6) | (next & 0x3f);
  }
  const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  if (codePoint < LEAST[length] || codePoint > 0x10ffff || isSurrogate) return { kind: "badByte", byte: first };
  return { kind: "character", codePoint, length };
}

const byteEscape = (byte: number) => `\\x${byte.toString(16).padStart(2, "0")}`;
const characterEscape = (codePoint: number) => `\\u{${codePoint.toString(16)}}`;

type Show = (codePoint: number) => string;

const showText: Show = (codePoint) => {
  if (codePoint === 0x0a || codePoint === 0x09) return String.fromCodePoint(codePoint);
  if (isControl(codePoint) || isTreacherous(codePoint)) return characterEscape(codePoint);
  return String.fromCodePoint(codePoint);
};

const showName: Show = (codePoint) => {
  if (codePoint === 0x5c) return "\\\\";
  if (isControl(codePoint) || isTreacherous(codePoint)) return characterEscape(codePoint);
  return String.fromCodePoint(codePoint);
};

const PLAIN = new TextDecoder();

/** Where a run of characters ends that are shown as they are whatever they stand in: nearly all of what programs write. */
function plainEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 || byte > 0x7e || byte === 0x5c) break;
  }
  return at;
}

/** Shows all of `bytes`, and says how many of them at the end are the beginning of a character (0 to 3). */
function show(bytes: Uint8Array, character: Show): { text: string; unfinished: number } {
  const parts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const plain = plainEnd(bytes, at);
    if (plain > at) {
      parts.push(PLAIN.decode(bytes.subarray(at, plain)));
      at = plain;
      continue;
    }
    const step = stepAt(bytes, at);
    if (step.kind === "unfinished") return { text: parts.join(""), unfinished: bytes.length - at };
    parts.push(step.kind === "character" ? character(step.codePoint) : byteEscape(step.byte));
    at += step.kind === "character" ? step.length : 1;
  }
  return { text: parts.join(""), unfinished: 0 };
}

function showAll(bytes: Uint8Array, character: Show): string {
  const { text, unfinished } = show(bytes, character);
  if (unfinished === 0) return text;
  return text + Array.from(bytes.subarray(bytes.length - unfinished), byteEscape).join("");
}

/**
 * Output of a program as text for people. Newline and tab stay; every other control character and every character that hides
 * or turns text is written as `\u{1b}`, a byte that is not UTF-8 as `\xff`. For showing only: two outputs can look alike.
 */
export function toSafeText(bytes: Uint8Array): string {
  return showAll(bytes, showText);
}

/**
 * A file name (any bytes but NUL and `/` on Linux) as text in one line. Unlike `toSafeText` it keeps different names
 * different: the backslash is doubled and newline and tab are escaped too. Use it where a name goes into a fact or an event.
 */
export function toEscapedName(bytes: Uint8Array): string {
  return showAll(bytes, showName);
}

/** Turns chunks into safe text without tearing a character that lies across a border. */
export interface SafeTextStream {
  /** The text of these bytes, less a beginning of a character at their end, which is kept for the next call. */
  write(bytes: Uint8Array): string;
  /** What was kept, when nothing more will come. */
  end(): string;
}

/** `toSafeText` for output that comes in chunks. */
export function safeTextStream(): SafeTextStream {
  let kept = new Uint8Array(0);
  return {
    write(bytes) {
      const all = new Uint8Array(kept.length + bytes.length);
      all.set(kept);
      all.set(bytes, kept.length);
      const { text, unfinished } = show(all, showText);
      kept = all.slice(all.length - unfinished);
      return text;
    },
    end() {
      const text = showAll(kept, showText);
      kept = new Uint8Array(0);
      return text;
    },
  };
}
