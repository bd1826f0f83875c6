import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { bash } from "../../../agent/byHand/bash.ts";
import { programLine } from "../../../agent/byHand/programLine.ts";
import { bashWord } from "../../../agent/process/bashWord.ts";
import { showCommand } from "../../../agent/process/showCommand.ts";
import { Failure } from "../../../domain/failure.ts";
import { piece } from "../../fuzz/support/hostile.ts";
import { hasShellcheck, runAlone } from "./support/runBash.ts";

const room = mkdtempSync(join(tmpdir(), "slackwater-words-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
/** A program that says what it was given, each argument with a NUL behind it. */
const program = join(room, "say it's");
writeFileSync(program, "#!/bin/bash\nprintf '%s\\0' \"$@\"\n");
chmodSync(program, 0o755);

const word = fc
  .oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join("").slice(0, 400)),
    fc.constantFrom("", "'", "''", "\\", "\\'", "$'x'", "a'b", "~", "~/x", "-n", "{a,b}", "!x", "a=b", "\u3164", "’"),
  )
  .map((text) => text.replaceAll("\0", ""));
/** Halves of characters can't be given to a program: they arrive as what stands for them. */
const asGiven = (text: string) => Buffer.from(text).toString();

test("whatever a value is, the written line gives the program just that argument", { timeout: 300_000 }, async () => {
  // Many lines to one bash: starting one takes longer than all of them.
  const argv = fc.array(fc.array(word, { minLength: 1, maxLength: 6 }), { minLength: 40, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(argv, async (calls) => {
      const lines = calls.map((args) => `${programLine({ file: program, args }).text}; printf '\\n'`);
      const { code, out, err } = await runAlone(["bash", "-c", lines.join("\n")]);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toBe(calls.map((args) => `${args.map((text) => `${asGiven(text)}\0`).join("")}\n`).join(""));
    }),
    { numRuns: process.env.SLACKWATER_NIGHTLY === undefined ? 12 : 40 },
  );
});

test("a command that is shown is one that can be copied, with nothing in it that hides or turns text", () => {
  expect(showCommand(["/bin/echo", "it's", "a b", "\u202ex", "\x1b]0;t\x07", "\\d", "é", "\0"])).toBe(
    String.raw`/bin/echo "it's" 'a b' $'\xe2\x80\xaex' $'\x1b]0;t\x07' $'\\d' é $'\x00'`.replace(" é ", " 'é' "),
  );
});

test("a text with a NUL is refused, since bash would cut it short", () => {
  expect(() => bashWord("a\0b")).toThrow(Failure);
  expect(() => bash`rm -- ${"a\0b"}`).toThrow(Failure);
});

test("a program whose name looks like a variable is run all the same", async () => {
  const odd = join(room, "A=b");
  writeFileSync(odd, "#!/bin/bash\nprintf ran\n");
  chmodSync(odd, 0o755);
  const { out } = await runAlone([
    "bash",
    "-c",
    `cd ${bashWord(room)}; PATH=$PWD; ${programLine({ file: "A=b", args: [] }).text}`,
  ]);
  expect(out).toBe("ran");
});

test.skipIf(!hasShellcheck)(
  "shellcheck has nothing to say about how values are written",
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 150, maxLength: 150 }), async (words) => {
        const lines = words.map((text) => bash`printf '%s' ${text}`.text);
        const { out } = await runAlone(["shellcheck", "--norc", "-"], {}, `#!/usr/bin/env bash\n${lines.join("\n")}\n`);
        expect(out).toBe("");
      }),
      { numRuns: 4 },
    );
  },
);
