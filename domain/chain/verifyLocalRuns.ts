import type { Digest, HostId, UserId } from "../ids.ts";
import { RunId } from "../ids.ts";
import type { JoinChecks } from "../localRun/joinTurn.ts";
import { whyNotSetAside } from "../localRun/setAside.ts";
import { digestAfter, giveBackText, takeOverText } from "../localRun/signedTexts.ts";
import type { EventOf, LoggedEvent } from "../run/events.ts";

/** A part of a log that a host decided by itself, with its signatures checked. */
export interface LocalPart {
  readonly hostId: HostId;
  readonly by: UserId;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** The event that it stands on, and how many behind that count for nothing. */
  readonly fromSeq: number;
  readonly setAside: number;
  /** The host signed for all of it. False while the run was not given back yet: then only the taking over is signed. */
  readonly isClosed: boolean;
}

export type LocalParts =
  | { readonly ok: true; readonly parts: readonly LocalPart[] }
  | { readonly ok: false; readonly seq: number; readonly problem: string };

/** Checks every taking over of a run by a host: whose key signed it, on which event, and that what was done is what was signed for. */
export function verifyLocalRuns(log: readonly LoggedEvent[], checks: JoinChecks): LocalParts {
  const parts: LocalPart[] = [];
  let begun: { readonly event: EventOf<"runTakenOver">; readonly seq: number } | undefined;
  let digest: Digest | undefined;
  const wrong = (seq: number, problem: string): LocalParts => ({ ok: false, seq, problem });
  for (const placed of log) {
    const { seq, event } = placed;
    if (event.type === "runTakenOver") {
      const problem = problemOfTakeOver(log, placed, event, checks);
      if (problem !== undefined) return wrong(seq, problem);
      begun = { event, seq };
      digest = undefined;
    }
    if (begun === undefined) continue;
    if (event.type === "runGivenBack") {
      const { publicKey, hostId } = begun.event;
      const text = digest && giveBackText({ runId: runIdOf(log), hostId, by: event.by, digest });
      if (text === undefined || !checks.isSigned(publicKey, text, event.signature)) {
        return wrong(seq, "the host's signature does not fit what stands since it took over");
      }
      parts.push(partOf(begun, seq, true));
      begun = undefined;
      continue;
    }
    digest = digestAfter(digest, placed, checks.sha256);
  }
  const last = log.at(-1);
  if (begun !== undefined && last !== undefined) parts.push(partOf(begun, last.seq, false));
  return { ok: true, parts };
}

function partOf(
  { event, seq }: { readonly event: EventOf<"runTakenOver">; readonly seq: number },
  lastSeq: number,
  isClosed: boolean,
): LocalPart {
  const { hostId, by, from } = event;
  return { ...{ hostId, by, lastSeq, isClosed }, firstSeq: seq, fromSeq: from.seq, setAside: seq - 1 - from.seq };
}

function runIdOf([first]: readonly LoggedEvent[]): RunId {
  return RunId.parse(first?.event.type === "runCreated" ? first.event.runId : undefined);
}

function problemOfTakeOver(
  log: readonly LoggedEvent[],
  { seq }: LoggedEvent,
  { hostId, by, from, publicKey, signature }: EventOf<"runTakenOver">,
  { fingerprintOf, isSigned }: JoinChecks,
): string | undefined {
  const [created] = log;
  const hosts = created?.event.type === "runCreated" ? Object.values(created.event.hosts) : [];
  if (log[from.seq - 1]?.hash !== from.hash) return "the host took over from an event that is not in this log";
  if (hosts.find((host) => host.hostId === hostId)?.keyFingerprint !== fingerprintOf(publicKey)) {
    return "the host took over with a key that the run was not made with";
  }
  if (!isSigned(publicKey, takeOverText({ runId: runIdOf(log), hostId, by, from }), signature)) {
    return "the host's signature of taking over does not hold";
  }
  return whyNotSetAside(log.slice(from.seq, seq - 1), hostId);
}
