import { Buffer } from "node:buffer";

/** What is searched for, by a name that may be shown. */
export type Secrets = ReadonlyMap<string, string>;

/** One form in which a text can lie somewhere, with the name of the text. */
export interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * The forms in which a text is looked for: as bytes, as a JavaScript engine keeps wide strings, in hexadecimal, and in base64 wherever in
 * it the text begins. What is encrypted or compressed is not found.
 */
export function needlesOf(secrets: Secrets): readonly Needle[] {
  return [...secrets].flatMap(([name, text]) => {
    if (text.length < 12) throw new TypeError(`${name} is too short to be told from anything else`);
    const bytes = Buffer.from(text);
    const forms = [bytes, Buffer.from(text, "utf16le"), Buffer.from(bytes.toString("hex")), ...base64Forms(bytes)];
    return forms.map((form) => ({ name, bytes: form }));
  });
}

/** Those letters of base64 that depend on the text alone, for each of the three places in a group where it can begin. */
function base64Forms(text: Buffer): readonly Buffer[] {
  return [0, 1, 2].map((before) => {
    const letters = Buffer.concat([Buffer.alloc(before), text]).toString("base64");
    return Buffer.from(letters.slice(Math.ceil((before * 8) / 6), Math.floor(((before + text.length) * 8) / 6)));
  });
}

/** The names whose texts lie in some bytes. */
export function foundIn(bytes: Buffer, needles: readonly Needle[]): readonly string[] {
  return [...new Set(needles.filter((needle) => bytes.includes(needle.bytes)).map(({ name }) => name))];
}

const MASK = 0x5a;
const masked = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ MASK));

/** As an argument of a program that searches other processes: their arguments must not hold what it searches for. */
export const maskSecrets = (secrets: Secrets): string =>
  masked(Buffer.from(JSON.stringify([...secrets]))).toString("hex");
export const unmaskSecrets = (text: string): Secrets =>
  new Map<string, string>(JSON.parse(masked(Buffer.from(text, "hex")).toString()));
