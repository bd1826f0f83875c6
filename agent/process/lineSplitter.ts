import { Buffer } from "node:buffer";

const LF = 0x0a;
const CR = 0x0d;

/** Cuts a stream of bytes into lines without ever holding more than one line's limit. */
export interface LineSplitter {
  /** Calls back for every line that ends in these bytes. A line is to be read at once: it may share its memory with them. */
  write(bytes: Buffer): void;
  /** Calls back for a last line without an end. */
  end(): void;
}

/**
 * Lines end with LF, CR or CR LF (progress displays use CR). A line longer than `maxBytes` is given out once, cut there, and
 * the rest of it is passed over: 100 MB without a newline cost `maxBytes` of memory.
 */
export function createLineSplitter(maxBytes: number, onLine: (line: Buffer, isCut: boolean) => void): LineSplitter {
  let parts: Buffer[] = [];
  let heldBytes = 0;
  let isCut = false;
  let wasCarriageReturn = false;

  function hold(piece: Buffer): void {
    const room = maxBytes - heldBytes;
    if (piece.length > room) isCut = true;
    // Copied: a slice would keep the whole chunk that it came from in memory.
    if (room > 0 && piece.length > 0) parts.push(Buffer.from(piece.subarray(0, room)));
    heldBytes += Math.min(room, piece.length);
  }

  /** Gives out what is held with the piece that ends it; a line that came in one piece, as nearly all do, is not copied for that. */
  function give(last: Buffer): void {
    if (parts.length === 0 && last.length <= maxBytes) return onLine(last, false);
    hold(last);
    const line = Buffer.concat(parts);
    const cut = isCut;
    parts = [];
    heldBytes = 0;
    isCut = false;
    onLine(line, cut);
  }

  return {
    write(bytes) {
      let start = 0;
      for (let i = 0; i < bytes.length; i += 1) {
        const byte = bytes[i];
        if (byte !== LF && byte !== CR) {
          wasCarriageReturn = false;
          continue;
        }
        const endsCrLf = byte === LF && wasCarriageReturn;
        if (!endsCrLf) give(bytes.subarray(start, i));
        start = i + 1;
        wasCarriageReturn = byte === CR;
      }
      hold(bytes.subarray(start));
    },
    end() {
      if (heldBytes > 0) give(Buffer.alloc(0));
    },
  };
}
