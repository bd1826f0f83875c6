/**
 * The bytes that OpenSSH's keys and signatures are made of: numbers of four bytes and strings behind their length (RFC 4251, 5).
 * Reading only; whether a signature holds is for ssh-keygen to say.
 */

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes of a base64 text; undefined for any other text, a second spelling of the same bytes included. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  if (!BASE64.test(text)) return undefined;
  const binary = atob(text);
  // The last character can carry bits that say nothing: one key would have several texts.
  return btoa(binary) === text ? Uint8Array.from(binary, (one) => one.charCodeAt(0)) : undefined;
}

/** Takes `count` strings from the beginning, each behind its length; undefined when there are not so many. */
export function takeStrings(
  bytes: Uint8Array,
  count: number,
): { readonly strings: readonly Uint8Array[]; readonly rest: Uint8Array } | undefined {
  const strings: Uint8Array[] = [];
  let rest = bytes;
  for (let i = 0; i < count; i += 1) {
    const length = uint32At(rest, 0);
    if (length === undefined || rest.length < 4 + length) return undefined;
    strings.push(rest.subarray(4, 4 + length));
    rest = rest.subarray(4 + length);
  }
  return { strings, rest };
}

/** All strings of a text that consists of nothing else, `count` of them; undefined otherwise. */
export function onlyStrings(bytes: Uint8Array, count: number): readonly Uint8Array[] | undefined {
  const taken = takeStrings(bytes, count);
  return taken?.rest.length === 0 ? taken.strings : undefined;
}

/** Four bytes at a place as a number; undefined past the end. */
export function uint32At(bytes: Uint8Array, at: number): number | undefined {
  if (bytes.length < at + 4) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
}

/** Bytes as ASCII text; what is none is kept visible and equals no word that is looked for. */
export function asciiOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "\ufffd")).join("");
}
