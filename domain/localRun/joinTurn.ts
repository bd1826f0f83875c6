import { canonicalJson } from "../canonicalJson.ts";
import type { Sha256 } from "../digest.ts";
import type { Digest, HostId } from "../ids.ts";
import { decide } from "../run/decide.ts";
import type { LoggedEvent, RunEvent } from "../run/events.ts";
import { fold } from "../run/evolve.ts";
import type { RunState } from "../run/state.ts";
import type { TakeOver } from "../run/takeOver.ts";
import type { CompiledRunbook } from "../runbook/compiled.ts";
import type { Instant } from "../time.ts";
import type { JoiningTurn } from "./localTurn.ts";
import { inputOf } from "./localTurn.ts";
import { whyNotSetAside } from "./setAside.ts";
import { digestAfter, giveBackText, localTurnText, takeOverText } from "./signedTexts.ts";

/** The run as it is on record, and a turn that a host says it took. */
export interface Joining {
  readonly plan: CompiledRunbook;
  readonly log: readonly LoggedEvent[];
  readonly state: RunState;
  readonly hostId: HostId;
  readonly turn: JoiningTurn;
  readonly now: Instant;
}

/** What the caller computes for us. */
export interface JoinChecks {
  readonly sha256: Sha256;
  /** SHA-256 of a key's 32 raw bytes, given in base64. */
  readonly fingerprintOf: (publicKey: string) => Digest;
  /** Ed25519 over the UTF-8 bytes of a text; key and signature in base64. */
  readonly isSigned: (publicKey: string, text: string, signature: string) => boolean;
}

/** What comes of it: it is on record already; it does not belong here; or these events, at their moment, are to be appended. */
export type Joined =
  | { readonly kind: "known" }
  | { readonly kind: "refused"; readonly because: string }
  | { readonly kind: "joins"; readonly events: readonly RunEvent[]; readonly at: Instant };

/** A host's clock may be ahead by so much (ms) before what it says is not believed. */
const MOST_AHEAD_MS = 300_000;

const refused = (because: string): Joined => ({ kind: "refused", because });

/**
 * Decides whether a host's turn becomes part of the log: its signatures hold, it stands where it says, and the same input makes the same
 * events here. Nothing is taken from the host but what came in and when; what follows from it is decided again.
 */
export function joinTurn(joining: Joining, checks: JoinChecks): Joined {
  return joining.turn.input.kind === "takeOver"
    ? joinTakeOver(joining, joining.turn.input.takeOver, checks)
    : joinNext(joining, checks);
}

function joinTakeOver(joining: Joining, takeOver: TakeOver, checks: JoinChecks): Joined {
  const { state, log, hostId, turn } = joining;
  const { from, publicKey, signature, by } = takeOver;
  if (state.takeovers.includes(signature)) return { kind: "known" };
  if (state.takenOver !== undefined) return refused("Another host carries this run on already.");
  if (log[from.seq - 1]?.hash !== from.hash) return refused(`Event ${from.seq} of its log is not ours.`);
  const own = Object.values(state.hosts).find((host) => host.hostId === hostId);
  if (own?.keyFingerprint !== checks.fingerprintOf(publicKey))
    return refused("It is signed with a key that this run does not know.");
  const text = takeOverText({ runId: state.runId, hostId, by, from });
  if (!checks.isSigned(publicKey, text, signature)) return refused("The signature does not hold.");
  const whyNot = whyNotSetAside(log.slice(from.seq), hostId);
  if (whyNot !== undefined) return refused(whyNot);
  const base = from.seq === state.seq ? state : fold(log.slice(0, from.seq));
  if (base === undefined) return refused("It stands on no event.");
  return decideAgain(joining, { base, before: undefined, publicKey, turn }, checks);
}

function joinNext(joining: Joining, checks: JoinChecks): Joined {
  const { state, log, hostId, turn } = joining;
  const { takenOver } = state;
  if (takenOver === undefined) {
    return state.takeovers.length > 0 ? { kind: "known" } : refused("It was not taken over.");
  }
  if (takenOver.hostId !== hostId) return refused("Another host carries this run on.");
  if (turn.before < takenOver.events) return { kind: "known" };
  if (turn.before > takenOver.events)
    return refused(`What it did before is missing: ${takenOver.events} events are here.`);
  const local = log.slice(-takenOver.events);
  const [first] = local;
  if (first?.event.type !== "runTakenOver") return refused("It was not taken over.");
  let before: Digest | undefined;
  for (const made of local) before = digestAfter(before, made, checks.sha256);
  const { publicKey } = first.event;
  const { input } = turn;
  if (input.kind === "giveBack" && before !== undefined) {
    const { by, signature } = input.giveBack;
    const text = giveBackText({ runId: state.runId, hostId, by, digest: before });
    if (!checks.isSigned(publicKey, text, signature)) return refused("The signature of giving it back does not hold.");
  }
  return decideAgain(joining, { base: state, before, publicKey, turn }, checks);
}

function decideAgain(
  { plan, state, hostId, now }: Joining,
  {
    base,
    before,
    publicKey,
    turn,
  }: { base: RunState; before: Digest | undefined; publicKey: string; turn: JoiningTurn },
  { sha256, isSigned }: JoinChecks,
): Joined {
  const { at, input, digest, signature } = turn;
  if (!isSigned(publicKey, localTurnText({ runId: state.runId, digest }), signature)) {
    return refused("The signature does not hold.");
  }
  if (at < base.lastEventAt || at > now + MOST_AHEAD_MS) {
    return refused(`It says ${new Date(at).toISOString()}, which can't be: a clock was set.`);
  }
  const given = inputOf(input, base, hostId);
  if (given === undefined) return refused(`${input.kind} is nothing that this host may decide on.`);
  const { events } = decide(plan, base, given, at, hostId);
  const made = events.reduce<Digest | undefined>((after, event) => digestAfter(after, { at, event }, sha256), before);
  if (events.length > 0 && made === digest) return { kind: "joins", events, at };
  const here = canonicalJson(events.map(({ type }) => type));
  return refused(`Decided again it comes out otherwise (${here}): agent and server have different rules.`);
}
