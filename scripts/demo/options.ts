import { parseArgs } from "node:util";

/** What to do wrong on purpose: change a copied file, or ciphertext below dm-crypt, before the copy is verified. */
export type Sabotage = "corrupt" | "corrupt-under";

/** What `npm run demo` was asked for. */
export interface DemoOptions {
  /** Drive one whole window without a person, and end. */
  readonly auto: boolean;
  readonly sabotage: Sabotage | undefined;
  /** Size of the sample database in bytes. */
  readonly sizeBytes: number;
  /** Port of the pages; 0: any free one. */
  readonly port: number;
}

/** A mistake in the words of the command line; the message says what is right. */
export class WrongWords extends Error {
  override readonly name = "WrongWords";
}

const DEFAULT_SIZE_BYTES = 300_000_000;
const UNITS: Readonly<Record<string, number>> = { M: 1_000_000, G: 1_000_000_000 };

/** Reads the words of `npm run demo -- …`. Throws WrongWords. */
export function readOptions(words: readonly string[]): DemoOptions {
  const { auto, fail, size, port } = parse(words);
  if (fail !== undefined && fail !== "corrupt" && fail !== "corrupt-under") {
    throw new WrongWords(`--fail takes corrupt or corrupt-under, not ${fail}.`);
  }
  if (fail !== undefined && !auto) throw new WrongWords("--fail goes with --auto.");
  return { auto, sabotage: fail, sizeBytes: readSize(size), port: readPort(port) };
}

function parse(words: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        auto: { type: "boolean", default: false },
        fail: { type: "string" },
        size: { type: "string" },
        port: { type: "string" },
      },
    });
    return values;
  } catch (error) {
    throw new WrongWords(error instanceof Error ? error.message : String(error));
  }
}

function readSize(text: string | undefined): number {
  if (text === undefined) return DEFAULT_SIZE_BYTES;
  const parts = /^(\d{1,6}(?:\.\d{1,2})?)([MG])B?$/.exec(text);
  const bytes = Math.round(Number(parts?.[1]) * (UNITS[parts?.[2] ?? ""] ?? Number.NaN));
  if (Number.isSafeInteger(bytes) && bytes >= 10_000_000 && bytes <= 100_000_000_000) return bytes;
  throw new WrongWords(`--size takes 10M to 100G, such as 300M or 5G, not ${text}.`);
}

function readPort(text: string | undefined): number {
  if (text === undefined) return 3000;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new WrongWords(`--port takes a number from 0 to 65535, not ${text}.`);
}
