import fc from "fast-check";
import { expect, test } from "vitest";
import { safeTextStream, toEscapedName, toSafeText } from "./safeText.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("plain text, umlauts, emoji, newlines and tabs are shown as they are", () => {
  expect(toSafeText(bytes("copied 3 files\n\tGröße: 5 €, 🙂"))).toBe("copied 3 files\n\tGröße: 5 €, 🙂");
});

test("a terminal sequence shows itself instead of moving the cursor", () => {
  expect(toSafeText(bytes("\u001b[2Jgone\r\u0007\0"))).toBe("\\u{1b}[2Jgone\\u{d}\\u{7}\\u{0}");
  expect(toSafeText(bytes("\u009b31m"))).toBe("\\u{9b}31m");
});

test("a character that turns the reading direction round is shown by its number", () => {
  expect(toSafeText(bytes("invoice\u202efdp.exe"))).toBe("invoice\\u{202e}fdp.exe");
});

test("bytes that are not UTF-8 are shown as bytes: overlong forms, surrogates, halves, stray continuations", () => {
  expect(toSafeText(Uint8Array.of(0x61, 0xff, 0x62))).toBe("a\\xffb");
  expect(toSafeText(Uint8Array.of(0xc0, 0xaf))).toBe("\\xc0\\xaf");
  expect(toSafeText(Uint8Array.of(0xed, 0xa0, 0x80))).toBe("\\xed\\xa0\\x80");
  expect(toSafeText(Uint8Array.of(0xe2, 0x82))).toBe("\\xe2\\x82");
  expect(toSafeText(Uint8Array.of(0xf4, 0x90, 0x80, 0x80))).toBe("\\xf4\\x90\\x80\\x80");
});

test("whatever the bytes, the text has no control character but newline and tab, and is well formed", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
      const text = toSafeText(any);
      expect(text.isWellFormed()).toBe(true);
      expect(text.replaceAll(/[\n\t]/g, "")).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
    }),
  );
});

test("valid UTF-8 without special characters is decoded exactly as the platform does", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
      const shown = toSafeText(bytes(text));
      if (!shown.includes("\\")) expect(shown).toBe(text);
    }),
  );
});

test("two file names that differ never look the same", () => {
  const name = fc.uint8Array({ maxLength: 6 });
  const near = fc.constantFrom("a\\nb", "a\nb", "\\xff", "\\", "\\\\", "a\u202e", "a\\u{202e}").map(bytes);
  fc.assert(
    fc.property(fc.oneof(name, near), fc.oneof(name, near), (a, b) => {
      const same = a.length === b.length && a.every((byte, i) => byte === b[i]);
      expect(toEscapedName(a) === toEscapedName(b)).toBe(same);
      expect(toEscapedName(a)).not.toMatch(/[\n\t]/);
    }),
    { numRuns: 2000 },
  );
});

test("a file name with a newline, a percent sign and a broken byte keeps to one line", () => {
  expect(toEscapedName(Uint8Array.of(0x31, 0x30, 0x25, 0x0a, 0xfe))).toBe("10%\\u{a}\\xfe");
});

test("however output is cut into chunks, the text is the same", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.uint8Array({ maxLength: 5 }), fc.string({ unit: "binary", maxLength: 4 }).map(bytes)), {
        maxLength: 12,
      }),
      (chunks) => {
        const stream = safeTextStream();
        const pieces = chunks.map((chunk) => stream.write(chunk)).join("") + stream.end();
        expect(pieces).toBe(toSafeText(Uint8Array.from(chunks.flatMap((chunk) => [...chunk]))));
      },
    ),
  );
});
