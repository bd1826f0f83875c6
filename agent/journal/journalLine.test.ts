import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Digest, RunId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { JournalRecord } from "./entries.ts";
import { decodeJournal, encodeLine } from "./journalLine.ts";

const runId = RunId.parse("3f0b8a52-1111-4222-8333-444455556666");
const recordOf = (seq: number): JournalRecord => ({
  seq,
  at: Instant.parse(1_000 + seq),
  entry: { type: "headSeen", runId, head: Digest.parse("ab".repeat(32)) },
});
const journalOf = (...seqs: number[]) => Buffer.from(seqs.map((seq) => encodeLine(recordOf(seq))).join(""));

test("what was written is read", () => {
  const text = journalOf(1, 2, 7);
  expect(decodeJournal(text)).toEqual({
    records: [recordOf(1), recordOf(2), recordOf(7)],
    soundBytes: text.length,
    damagedLine: undefined,
  });
});

test("wherever a cut of power tears the end, what was whole before it is read and the rest is cut off", () => {
  const text = journalOf(1, 2, 3);
  const whole = journalOf(1, 2).length;
  fc.assert(
    fc.property(fc.integer({ min: whole, max: text.length - 1 }), (length) => {
      const read = decodeJournal(text.subarray(0, length));
      expect(read).toEqual({ records: [recordOf(1), recordOf(2)], soundBytes: whole, damagedLine: undefined });
    }),
  );
});

test("a torn end that is followed by the zeros of an unwritten block is a torn end", () => {
  const text = Buffer.concat([journalOf(1), journalOf(2).subarray(0, 20), Buffer.alloc(100)]);
  expect(decodeJournal(text)).toMatchObject({ records: [recordOf(1)], damagedLine: undefined });
});

test("any byte flipped before the last line is found, and its line is named", () => {
  const text = journalOf(1, 2, 3);
  const firstTwo = journalOf(1, 2).length;
  fc.assert(
    fc.property(fc.nat(firstTwo - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = Buffer.from(text);
      damaged[at] = (damaged[at] ?? 0) ^ flip;
      const { damagedLine, records } = decodeJournal(damaged);
      expect(damagedLine).toBeDefined();
      expect(records.length).toBeLessThan(2);
    }),
  );
});

test("lines that come twice or out of order are damage, not history", () => {
  expect(decodeJournal(journalOf(1, 2, 2, 3)).damagedLine).toBe(3);
  expect(decodeJournal(journalOf(2, 1, 3)).damagedLine).toBe(2);
});

test("a line with a right checksum that is no entry at all is damage, and names its place", () => {
  const sealed = (json: string) => `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
  const text = Buffer.concat([journalOf(1), Buffer.from(sealed("{not json"))]);
  expect(decodeJournal(text)).toMatchObject({ records: [recordOf(1)], damagedLine: 2 });
});
