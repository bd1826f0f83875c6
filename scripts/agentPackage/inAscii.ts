/**
 * A program with every letter beyond ASCII written as its number (`\u2026`). It is the same to JavaScript in strings, patterns, names and
 * comments, but not in the raw text of a template, which agent/byHand/bash.ts alone reads, and takes in ASCII only.
 */
export const inAscii = (code: string): string =>
  code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
