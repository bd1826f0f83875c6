import { crc32 } from "node:zlib";
import { Failure } from "../../domain/failure.ts";
import { JournalRecord } from "./entries.ts";

/** One line of the journal: eight hexadecimal digits of the CRC-32 of the JSON after them, a space, the JSON, a newline. */
export function encodeLine(record: JournalRecord): string {
  const json = JSON.stringify(record);
  return `${crcOf(json)} ${json}\n`;
}

const crcOf = (json: string) => crc32(json).toString(16).padStart(8, "0");

/** What a journal file holds. */
export interface JournalText {
  readonly records: readonly JournalRecord[];
  /** Bytes from the beginning that are whole lines. What lies behind is the torn end of a write that never came to its end. */
  readonly soundBytes: number;
  /** The first line, counted from 1, that is damaged although whole lines follow it; undefined when none is. */
  readonly damagedLine: number | undefined;
}

/** Reads a journal file. Only its very end may be torn: damage before that can't come from a cut of power and is not passed over. */
export function decodeJournal(text: Buffer): JournalText {
  const records: JournalRecord[] = [];
  let soundBytes = 0;
  let torn: number | undefined;
  let line = 0;
  for (let start = 0; start < text.length; ) {
    line += 1;
    const newline = text.indexOf(0x0a, start);
    const end = newline === -1 ? text.length : newline + 1;
    const record = newline === -1 ? undefined : decodeLine(text.toString("utf8", start, newline));
    const isInOrder = record !== undefined && record.seq > (records.at(-1)?.seq ?? 0);
    if (record !== undefined && isInOrder) {
      if (torn !== undefined) return { records, soundBytes, damagedLine: torn };
      records.push(record);
      soundBytes = end;
    } else {
      torn ??= line;
    }
    start = end;
  }
  return { records, soundBytes, damagedLine: undefined };
}

function decodeLine(line: string): JournalRecord | undefined {
  const json = line.slice(9);
  if (line[8] !== " " || line.slice(0, 8) !== crcOf(json)) return undefined;
  const record = JournalRecord.safeParse(JSON.parse(json));
  if (record.success) return record.data;
  throw new Failure(
    "journalDamaged",
    "The journal holds an entry of another version of the agent. Start that version.",
    {
      cause: record.error,
    },
  );
}
