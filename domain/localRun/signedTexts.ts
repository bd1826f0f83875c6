import { canonicalJson } from "../canonicalJson.ts";
import type { Sha256 } from "../digest.ts";
import type { Digest, HostId, RunId, UserId } from "../ids.ts";
import type { Head } from "../run/chain.ts";
import type { RunEvent } from "../run/events.ts";
import type { Instant } from "../time.ts";

/**
 * The exact words that a host signs (Ed25519, over their UTF-8 bytes) when it carries a run on by itself. Each opens with its own
 * name, and its parts are joined by NUL, which none of them can contain: a signature for one is worth nothing for another.
 */
const join = (...parts: readonly string[]): string => parts.join("\0");

/** That the host takes the run over, for whom, from which event on. */
export function takeOverText(parts: { runId: RunId; hostId: HostId; by: UserId; from: Head }): string {
  const { runId, hostId, by, from } = parts;
  return join("slackwater-takeover/1", runId, hostId, by, String(from.seq), from.hash);
}

/** That everything up to `digest` (digestAfter) was decided by the host. */
export function localTurnText(parts: { runId: RunId; digest: Digest }): string {
  return join("slackwater-local-turn/1", parts.runId, parts.digest);
}

/** That the host gives the run back, having done what `digest` stands for and nothing else. */
export function giveBackText(parts: { runId: RunId; hostId: HostId; by: UserId; digest: Digest }): string {
  return join("slackwater-giveback/1", parts.runId, parts.hostId, parts.by, parts.digest);
}

/**
 * The chain of what a host did, from its taking over on. Apart from the chain of the log: the server may have written something before
 * it heard of it, and then the same events hang elsewhere there.
 *
 * @param before of the events before; undefined for the taking over itself
 */
export function digestAfter(
  before: Digest | undefined,
  { at, event }: { readonly at: Instant; readonly event: RunEvent },
  sha256: Sha256,
): Digest {
  return sha256(canonicalJson(before === undefined ? { at, event } : { after: before, at, event }));
}
