import { canonicalJson } from "../canonicalJson.ts";
import type { Sha256 } from "../digest.ts";
import { checkChain } from "../run/chain.ts";
import { fold } from "../run/evolve.ts";
import { IllegalTransition } from "../run/illegalTransition.ts";
import type { RunState } from "../run/state.ts";
import type { RunExport } from "./exportFile.ts";
import { readExport } from "./exportFile.ts";
import type { SignedInEvent } from "./signedIn.ts";
import { signedIn } from "./signedIn.ts";

/** A decision of the run, or a signature that silences a trigger, with its place in the log, for whoever checks its signature. */
export interface DecisionInLog extends SignedInEvent {
  readonly seq: number;
  /** The event whose hash the statement names as the head it was made on: everything up to there is anchored by this signature. */
  readonly anchors: number;
}

/** What was proven of an exported run; or the first thing that is not right. */
export type Verification =
  | {
      readonly ok: true;
      readonly run: RunExport;
      readonly state: RunState;
      readonly decisions: readonly DecisionInLog[];
      /** Sequence number up to which the chain is anchored by signatures of people (0: by none). */
      readonly anchoredTo: number;
      /** Events that say an earlier time than the one before them, and by how much: clocks that were set, not a broken chain. */
      readonly backward: readonly { readonly seq: number; readonly byMs: number }[];
    }
  | { readonly ok: false; readonly where: string; readonly problem: string };

/**
 * Checks an exported run offline: its bytes, its chain of hashes, that every event may follow those before it, that the runbook
 * in it is the one that was run, and that each decision names a head which stands before it in this very log. Signatures are checked by the caller, on `decisions`: that takes the WebAuthn library.
 */
export function verifyExport(bytes: Uint8Array, sha256: Sha256): Verification {
  const read = readExport(bytes, sha256);
  if (!read.ok) return wrong(read.line === 0 ? "file" : `line ${read.line}`, read.problem);
  const { run } = read;
  const { header, events } = run;
  const links = events.map(({ event, ...link }) => ({ ...link, payload: canonicalJson(event) }));
  const chain = checkChain(header.runId, links, sha256);
  if (!chain.intact) return wrong(`event ${chain.seq}`, CHAIN_PROBLEMS[chain.why]);
  const folded = foldOrProblem(run);
  if ("problem" in folded) return folded;
  const { state } = folded;
  if (state.runId !== header.runId) return wrong("event 1", "it creates another run than the first line names");
  if (state.runbookDigest !== sha256(header.runbook)) return wrong("line 1", "the runbook is not the one that was run");
  const decisions: DecisionInLog[] = [];
  const seqOfHash = new Map<string, number>();
  for (const { seq, event, hash } of events) {
    const signed = signedIn(event);
    if (signed !== undefined) {
      const { by, decision } = signed;
      const anchors = seqOfHash.get(decision.statement.chainHead);
      if (anchors === undefined)
        return wrong(`event ${seq}`, "the decision names a head that does not stand before it");
      if (decision.statement.approver !== by) return wrong(`event ${seq}`, "somebody else signed the decision");
      decisions.push({ seq, by, decision, anchors });
    }
    seqOfHash.set(hash, seq);
  }
  const anchoredTo = decisions.reduce((most, { anchors }) => Math.max(most, anchors), 0);
  const backward = events.flatMap(({ seq, at, event }, index) => {
    // It was taken over before the server wrote what stands ahead of it.
    if (event.type === "runTakenOver") return [];
    const byMs = (events[index - 1]?.at ?? at) - at;
    return byMs > 0 ? [{ seq, byMs }] : [];
  });
  return { ok: true, run, state, decisions, anchoredTo, backward };
}

const CHAIN_PROBLEMS = {
  sequence: "the numbers of the events do not follow each other",
  predecessor: "it does not name the hash of the event before it",
  hash: "its hash is not that of its contents",
} as const;

function foldOrProblem(run: RunExport): { readonly state: RunState } | (Verification & { readonly ok: false }) {
  try {
    const state = fold(run.events);
    return state === undefined ? wrong("file", "it has no events") : { state };
  } catch (error) {
    if (error instanceof IllegalTransition) return wrong(`event ${error.seq}`, error.message);
    throw error;
  }
}

function wrong(where: string, problem: string): Verification & { readonly ok: false } {
  return { ok: false, where, problem };
}
