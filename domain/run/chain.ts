import { z } from "zod";
import type { Sha256 } from "../digest.ts";
import type { RunId } from "../ids.ts";
import { Digest } from "../ids.ts";
import type { Instant } from "../time.ts";

/** What the first event of every run names as its predecessor. */
export const GENESIS_HASH: Digest = Digest.parse("0".repeat(64));

/** The last link of a run's log: where the next event is hung. Number 0: no event yet. */
export const Head = z.strictObject({ seq: z.int().min(0), hash: Digest });
export type Head = z.infer<typeof Head>;

/** The head of a run that has no event yet. */
export const EMPTY_HEAD: Head = { seq: 0, hash: GENESIS_HASH };

/** Where an event stands, without the event itself. */
export interface Link {
  readonly runId: RunId;
  readonly seq: number;
  readonly at: Instant;
  readonly prevHash: Digest;
}

/**
 * The text whose SHA-256 is an event's hash: the canonical JSON of `{at, event, prevHash, runId, seq}`. It is put together around
 * `payload`, the canonical JSON of the event exactly as stored, so that nothing has to be parsed and written again to check it.
 */
export function linkText({ runId, seq, at, prevHash }: Link, payload: string): string {
  return `{"at":${at},"event":${payload},"prevHash":"${prevHash}","runId":"${runId}","seq":${seq}}`;
}

/** One stored event, as text: what `checkChain` looks at. */
export interface StoredLink {
  readonly seq: number;
  readonly at: Instant;
  readonly payload: string;
  readonly prevHash: string;
  readonly hash: string;
}

/** A chain that holds, with its head; or the first event at which it does not, and why. */
export type ChainCheck =
  | { readonly intact: true; readonly head: Head }
  | { readonly intact: false; readonly seq: number; readonly why: "sequence" | "predecessor" | "hash" };

/** Checks that the events follow each other and `after` without a gap, and that each hash is that of its text. */
export function checkChain(
  runId: RunId,
  links: Iterable<StoredLink>,
  sha256: Sha256,
  after: Head = EMPTY_HEAD,
): ChainCheck {
  let head = after;
  for (const { seq, at, payload, prevHash, hash } of links) {
    if (seq !== head.seq + 1) return { intact: false, seq: head.seq + 1, why: "sequence" };
    if (prevHash !== head.hash) return { intact: false, seq, why: "predecessor" };
    const computed = sha256(linkText({ runId, seq, at, prevHash: head.hash }, payload));
    if (computed !== hash) return { intact: false, seq, why: "hash" };
    head = { seq, hash: computed };
  }
  return { intact: true, head };
}
