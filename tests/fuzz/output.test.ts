import { readdirSync } from "node:fs";
import { describe, expect } from "vitest";
import { benchmarkSpeeds } from "../../agent/actions/host/cipherBenchmark.ts";
import { troubleLines } from "../../agent/actions/host/diskErrors.ts";
import { availableMemory, hasAes } from "../../agent/actions/host/facts.ts";
import { dataDirectoryIn, withDataDirectory } from "../../agent/actions/postgres/configuration.ts";
import { momentOf } from "../../agent/actions/postgres/logMoment.ts";
import { judgeLines } from "../../agent/actions/postgres/scanLog.ts";
import { createLineSplitter } from "../../agent/process/lineSplitter.ts";
import { contentOf } from "../../agent/tools/blkid.ts";
import { rsyncName } from "../../agent/tools/rsync.ts";
import { toEscapedName, toSafeText } from "../../domain/text/safeText.ts";
import { bytesLike, outputLike } from "./support/hostile.ts";
import { ANY_OUTPUT, OUTPUTS } from "./support/samples.ts";
import { holdsFiniteNumbers, withstands } from "./support/withstands.ts";

type Reader = (output: string) => unknown;

type Load = (name: string) => Promise<Record<string, unknown>>;

/** Every function of a folder that reads a program's output, found by its name: one that is added is read here at once. */
async function readersIn(folder: string, load: Load): Promise<readonly (readonly [string, Reader])[]> {
  const names = readdirSync(new URL(`../../${folder}/`, import.meta.url)).flatMap((file) =>
    /^\w+\.ts$/.test(file) ? [file.slice(0, -".ts".length)] : [],
  );
  const modules = await Promise.all(names.map(load));
  return modules
    .flatMap((module) => Object.entries(module))
    .filter((entry): entry is [string, Reader] => /^parse[A-Z]/.test(entry[0]) && typeof entry[1] === "function");
}

/** Readers with other names, and those of what an action reads from a file. */
const OTHERS: readonly (readonly [string, Reader])[] = [
  ["contentOf", contentOf],
  ["rsyncName", rsyncName],
  ["benchmarkSpeeds", benchmarkSpeeds],
  ["troubleLines", (text) => troubleLines(text, 10)],
  ["availableMemory", availableMemory],
  ["hasAes", hasAes],
  ["momentOf", (text) => momentOf(text, "Europe/Berlin")],
  ["judgeLines", (text) => judgeLines(text.split("\n"), [/terminating/u])],
  ["dataDirectoryIn", (text) => dataDirectoryIn(withDataDirectory(text, "/mnt/a'b"))],
];

const readers = [
  ...(await readersIn("agent/tools", (name) => import(`../../agent/tools/${name}.ts`))),
  ...(await readersIn("agent/health", (name) => import(`../../agent/health/${name}.ts`))),
  ...OTHERS,
];

describe("whatever a program prints, damaged, cut or not UTF-8, is read, passed over or a failure with a code", () => {
  for (const [name, read] of readers)
    withstands(name, { input: outputLike(OUTPUTS[name] ?? ANY_OUTPUT), read, holds: holdsFiniteNumbers });
});

const bytes = bytesLike(
  ["progress 1%\rprogress 2%\r\nline\n", "\x1b[31mred\x1b[0m \u202e\u00e9\n"].map((text) => Buffer.from(text)),
);

/** Letters that move a cursor, change a direction, or end what should go on. */
const isControl = (letter: string) => letter < " " || letter === "\x7f" || (letter >= "\u202a" && letter <= "\u202e");

/** No letter of a text may be one of these, but those that are allowed. */
function hasNoControls(text: unknown, allowed: string): void {
  const found = [...String(text)].find((letter) => isControl(letter) && !allowed.includes(letter));
  if (found !== undefined) throw new Error(`U+${found.charCodeAt(0).toString(16)} came through`);
}

describe("whatever a program writes is made safe to show, in lines of bounded length", () => {
  withstands("toSafeText", { input: bytes, read: toSafeText, holds: (text) => hasNoControls(text, "\n\t") });
  withstands("toEscapedName", { input: bytes, read: toEscapedName, holds: (text) => hasNoControls(text, "") });
  withstands("createLineSplitter", {
    input: bytes,
    read(chunk) {
      const lines: Buffer[] = [];
      const splitter = createLineSplitter(64, (line) => void lines.push(line));
      for (let at = 0; at < chunk.length; at += 7) splitter.write(chunk.subarray(at, at + 7));
      splitter.end();
      return lines;
    },
    holds(lines) {
      if (!Array.isArray(lines)) return;
      for (const line of lines) expect(Buffer.isBuffer(line) && line.length <= 64).toBe(true);
    },
  });
});
