import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { z } from "zod";
import type { RunExport } from "../../domain/chain/exportFile.ts";
import { verifyExport } from "../../domain/chain/verifyExport.ts";
import type { RunId } from "../../domain/ids.ts";
import { Digest, RunId as RunIdSchema } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import { sha256 } from "../db/sha256.ts";

/** What a file that was kept elsewhere says about a run: heads of its chain that were seen there. */
export interface Anchor {
  readonly file: string;
  readonly kind: "journal of an agent" | "older export";
  readonly heads: readonly { readonly head: Digest; readonly at: Instant }[];
}

/** A head that was seen elsewhere, and the event of the run that it is the hash of; `seq` absent: it is in no place of the log. */
export interface AnchoredHead {
  readonly anchor: Anchor;
  readonly at: Instant;
  readonly seq: number | undefined;
}

/** A line of an agent's journal that notes a head (agent/journal): CRC-32 of the JSON, a space, the JSON. */
const HeadSeen = z.object({
  at: Instant,
  entry: z.object({ type: z.literal("headSeen"), runId: RunIdSchema, head: Digest }),
});

/**
 * Reads an anchor: an agent's journal or an older export of the same run.
 * @throws Error saying what the file is not
 */
export function readAnchor(file: string, runId: RunId): Anchor {
  const bytes = readFileSync(file);
  const text = bytes.toString("utf8");
  if (text.startsWith("{")) return olderExport(file, bytes, runId);
  const heads: { head: Digest; at: Instant }[] = [];
  let isJournal = false;
  for (const line of text.split("\n")) {
    const json = line.slice(9);
    if (line.slice(0, 8) !== crc32(json).toString(16).padStart(8, "0")) continue; // a torn or damaged line anchors nothing
    isJournal = true;
    const seen = HeadSeen.safeParse(JSON.parse(json));
    if (seen.success && seen.data.entry.runId === runId) heads.push({ head: seen.data.entry.head, at: seen.data.at });
  }
  if (!isJournal) throw new Error(`${file} is neither an agent's journal nor an exported run`);
  return { file, kind: "journal of an agent", heads };
}

function olderExport(file: string, bytes: Uint8Array, runId: RunId): Anchor {
  const older = verifyExport(bytes, sha256);
  if (!older.ok) throw new Error(`${file} anchors nothing: ${older.where}: ${older.problem}`);
  const { header, events } = older.run;
  if (header.runId !== runId) throw new Error(`${file} is an export of another run`);
  const head = events.at(-1)?.hash;
  return { file, kind: "older export", heads: head === undefined ? [] : [{ head, at: header.exportedAt }] };
}

/** Finds each head that was seen elsewhere in the run's chain. */
export function placeHeads(anchors: readonly Anchor[], { events }: RunExport): AnchoredHead[] {
  const seqOf = new Map(events.map(({ seq, hash }) => [hash, seq]));
  return anchors.flatMap((anchor) => anchor.heads.map(({ head, at }) => ({ anchor, at, seq: seqOf.get(head) })));
}
