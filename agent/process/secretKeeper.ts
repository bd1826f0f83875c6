import { Buffer } from "node:buffer";

/** What stands in output where a secret stood. */
export const REDACTED = Buffer.from("[redacted]");

/** Secrets at least this long are also looked for in the forms that programs like to print them in. */
const MIN_ENCODED_BYTES = 8;

/** Takes the secrets out of one stream of bytes, also where one lies across the border of two chunks. */
export interface Redactor {
  /** The bytes without secrets, less an end that could be the beginning of one. */
  write(bytes: Buffer): Buffer;
  /** What was kept back, when nothing more will come. */
  end(): Buffer;
}

/** Knows the secrets of one task, as Buffers only, for as long as the task lasts. */
export interface SecretKeeper {
  /** Makes a secret known. Redactors made earlier know it from now on. The Buffer is wiped by `wipe`. */
  guard(secret: Buffer): void;
  redactor(): Redactor;
  /** Whether a text (an argument, a result) holds a secret in any of its forms. */
  isIn(text: string): boolean;
  /** A text without secrets. */
  clean(text: string): string;
  /** Overwrites every secret and every form of one with zeros and forgets them. */
  wipe(): void;
}

/** The ASCII forms are made of Buffers throughout: a string could not be wiped. */
function encodedForms(secret: Buffer): Buffer[] {
  const digits = Buffer.from("0123456789abcdef");
  const lower = Buffer.alloc(secret.length * 2);
  for (const [i, byte] of secret.entries()) {
    lower[i * 2] = digits[byte >> 4] ?? 0;
    lower[i * 2 + 1] = digits[byte & 15] ?? 0;
  }
  const upper = Buffer.from(lower.map((code) => (code >= 0x61 ? code - 0x20 : code)));
  return [lower, upper, base64Form(secret, "+/"), base64Form(secret, "-_")];
}

/** Base64 without padding, so that the padded form is found too. */
function base64Form(secret: Buffer, lastTwo: string): Buffer {
  const alphabet = Buffer.from(`ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${lastTwo}`);
  const form = Buffer.alloc(Math.ceil((secret.length * 4) / 3));
  for (let i = 0; i < form.length; i += 1) {
    const bit = i * 6;
    const pair = ((secret[bit >> 3] ?? 0) << 8) | (secret[(bit >> 3) + 1] ?? 0);
    form[i] = alphabet[(pair >> (10 - (bit & 7))) & 63] ?? 0;
  }
  return form;
}

/** The first place at or after `from` from where to the end the bytes could be the beginning of a pattern. */
function unfinishedAt(bytes: Buffer, from: number, patterns: readonly Buffer[]): number {
  let first = bytes.length;
  for (const pattern of patterns) {
    for (let at = Math.max(from, bytes.length - pattern.length + 1); at < first; at += 1) {
      if (pattern.compare(bytes, at, bytes.length, 0, bytes.length - at) === 0) first = at;
    }
  }
  return first;
}

interface Match {
  readonly start: number;
  readonly end: number;
}

/** Finds matches from left to right; the longest where several begin. Each pattern's next place is remembered. */
function matcher(bytes: Buffer, patterns: readonly Buffer[]): (from: number) => Match | undefined {
  const next = patterns.map(() => -2);
  return (from) => {
    let best: Match | undefined;
    for (const [i, pattern] of patterns.entries()) {
      if (next[i] !== -1 && (next[i] ?? 0) < from) next[i] = bytes.indexOf(pattern, from);
      const start = next[i] ?? -1;
      if (start === -1) continue;
      const end = start + pattern.length;
      if (!best || start < best.start || (start === best.start && end > best.end)) best = { start, end };
    }
    return best;
  };
}

function createRedactor(patterns: readonly Buffer[]): Redactor {
  let kept = Buffer.alloc(0);

  function redact(bytes: Buffer, isEnd: boolean): Buffer {
    // Most tasks have no secret, and each line of their progress passes here.
    if (patterns.length === 0 && kept.length === 0) return bytes;
    const all = kept.length > 0 ? Buffer.concat([kept, bytes]) : bytes;
    const matchFrom = matcher(all, patterns);
    const clean: Buffer[] = [];
    const borderFrom = (from: number) => (isEnd ? all.length : unfinishedAt(all, from, patterns));
    let at = 0;
    let border = borderFrom(0);
    for (;;) {
      const match = matchFrom(at);
      if (!match || match.start >= border) {
        clean.push(all.subarray(at, border));
        kept = Buffer.from(all.subarray(border));
        break;
      }
      clean.push(all.subarray(at, match.start), REDACTED);
      at = match.end;
      if (at > border) border = borderFrom(at);
    }
    const [only, ...others] = clean;
    return only && others.length === 0 ? only : Buffer.concat(clean);
  }

  return {
    write: (bytes) => redact(bytes, false),
    end: () => redact(Buffer.alloc(0), true),
  };
}

/** A keeper without secrets yet. */
export function createSecretKeeper(): SecretKeeper {
  const secrets: Buffer[] = [];
  const patterns: Buffer[] = [];
  const clean = (text: string) => {
    const redactor = createRedactor(patterns);
    return Buffer.concat([redactor.write(Buffer.from(text)), redactor.end()]).toString();
  };
  return {
    guard(secret) {
      if (secret.length === 0 || secrets.includes(secret)) return;
      secrets.push(secret);
      patterns.push(Buffer.from(secret));
      if (secret.length >= MIN_ENCODED_BYTES) patterns.push(...encodedForms(secret));
    },
    redactor: () => createRedactor(patterns),
    isIn: (text) => matcher(Buffer.from(text), patterns)(0) !== undefined,
    clean,
    wipe() {
      for (const bytes of [...secrets, ...patterns]) bytes.fill(0);
      secrets.length = 0;
      patterns.length = 0;
    },
  };
}
