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
  /** The first line, counted from 1, that is damaged and not merely torn; undefined when none is. */
  readonly damagedLine: number | undefined;
}

/**
 * Reads a journal file. A cut of power leaves the beginning of what was written last, so that only a last line without its newline may
 * be torn. Any other line that is not sound is damage, which is not passed over: it may have said what was begun.
 */
export function decodeJournal(text: Buffer): JournalText {
  const records: JournalRecord[] = [];
  let soundBytes = 0;
  for (let end = text.indexOf(0x0a); end !== -1; end = text.indexOf(0x0a, soundBytes)) {
    const record = decodeLine(text.toString("utf8", soundBytes, end));
    const isInOrder = record !== undefined && record.seq > (records.at(-1)?.seq ?? 0);
    if (!isInOrder) return { records, soundBytes, damagedLine: records.length + 1 };
    records.push(record);
    soundBytes = end + 1;
  }
  return { records, soundBytes, damagedLine: undefined };
}

function decodeLine(line: string): JournalRecord | undefined {
  const json = line.slice(9);
  if (line[8] !== " " || line.slice(0, 8) !== crcOf(json)) return undefined;
  const value = parsedOrNothing(json);
  if (value === undefined) return undefined;
  const record = JournalRecord.safeParse(value);
  if (record.success) return record.data;
  throw new Failure(
    "journalDamaged",
    "The journal holds an entry of another version of the agent. Start that version.",
    {
      cause: record.error,
    },
  );
}

/** No agent ever wrote what is no JSON, not even with a right checksum: it is damage. */
function parsedOrNothing(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
