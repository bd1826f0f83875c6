import { z } from "zod";

/** One write that the service has acknowledged, as the writing client recorded it. */
export const AcceptedWrite = z.object({
  id: z.int().positive(),
  /** When the acknowledgement arrived, in milliseconds since the epoch. */
  atMs: z.int().nonnegative(),
});
export type AcceptedWrite = z.infer<typeof AcceptedWrite>;

/** The longest time between two accepted writes that follow each other. */
export interface WriteGap {
  readonly lengthMs: number;
  readonly lastBefore: AcceptedWrite;
  readonly firstAfter: AcceptedWrite;
}

export interface WriteSummary {
  readonly acceptedCount: number;
  /** Undefined with fewer than two writes. */
  readonly longestGap: WriteGap | undefined;
  readonly first: AcceptedWrite | undefined;
  readonly last: AcceptedWrite | undefined;
}

/**
 * Reads the client's file, one JSON object a line. A last line that a power cut left unfinished is no write; any other
 * bad line is an error, because a proof may not rest on a file that was tampered with.
 */
export function readAcceptedWrites(text: string): readonly AcceptedWrite[] {
  const lines = text.split("\n");
  lines.pop(); // what stands after the last newline
  return lines.map((line, index) => {
    try {
      return AcceptedWrite.parse(JSON.parse(line));
    } catch (error) {
      throw new Error(`Line ${index + 1} of the writes is not one: ${line.slice(0, 80)}`, { cause: error });
    }
  });
}

/**
 * What a client's writes say: how many were accepted, and the longest gap between two of them, which is the downtime that
 * users saw. With fromMs and toMs only the gaps that touch that time are looked at.
 */
export function summariseWrites(
  writes: readonly AcceptedWrite[],
  fromMs = Number.NEGATIVE_INFINITY,
  toMs = Number.POSITIVE_INFINITY,
): WriteSummary {
  const inOrder = [...writes].sort((a, b) => a.atMs - b.atMs || a.id - b.id);
  let longestGap: WriteGap | undefined;
  for (const [index, firstAfter] of inOrder.entries()) {
    const lastBefore = inOrder[index - 1];
    if (!lastBefore || firstAfter.atMs < fromMs || lastBefore.atMs > toMs) continue;
    const lengthMs = firstAfter.atMs - lastBefore.atMs;
    if (!longestGap || lengthMs > longestGap.lengthMs) longestGap = { lengthMs, lastBefore, firstAfter };
  }
  return { acceptedCount: inOrder.length, longestGap, first: inOrder[0], last: inOrder.at(-1) };
}

/** The acknowledged writes that the database does not hold. None may be missing, ever. */
export function missingWrites(writes: readonly AcceptedWrite[], storedIds: Iterable<number>): readonly AcceptedWrite[] {
  const stored = new Set(storedIds);
  return writes.filter(({ id }) => !stored.has(id));
}
