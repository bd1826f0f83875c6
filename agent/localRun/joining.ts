import type { Digest, RunId } from "../../domain/ids.ts";
import type { JoiningTurn, LocalTurn } from "../../domain/localRun/localTurn.ts";
import type { Connection } from "../link/connection.ts";
import type { LocalRun } from "./localRun.ts";

/** Brings what this host decided by itself to the server, in order, and knows how far it is on record. */
export interface Joining {
  connect(connection: Connection): void;
  disconnect(): void;
  /** Sends what is due: the next turns, or the same again when nothing was heard of them. */
  look(runs: Iterable<LocalRun>): void;
  joined(run: LocalRun, digest: Digest): void;
  refused(runId: RunId): void;
  isRefused(runId: RunId): boolean;
  /** Whether all of a run's turns are on record. */
  isDone(run: LocalRun): boolean;
  /** How many of its turns are, as far as this process has heard. */
  doneOf(run: LocalRun): number;
  forget(runId: RunId): void;
}

/** Turns that travel in one frame, and their bytes of JSON: below the frame's limit. */
const MOST_TURNS = 20;
const PIECE_BYTES = 64 * 1024;
const SEND_AGAIN_MS = 10_000;

export function createJoining(): Joining {
  /** How many turns of each run are on record. An earlier process of ours may have brought more: the server knows them again. */
  const done = new Map<RunId, number>();
  const refusedRuns = new Set<RunId>();
  const sent = new Map<RunId, { readonly to: number; readonly at: number }>();
  let current: Connection | undefined;

  const doneOf = ({ runId }: LocalRun): number => done.get(runId) ?? 0;

  const send = (run: LocalRun, connection: Connection): void => {
    const from = doneOf(run);
    const last = sent.get(run.runId);
    // What was sent is answered turn by turn.
    if (last !== undefined && from < last.to && performance.now() - last.at < SEND_AGAIN_MS) return;
    const turns = pieceOf(run.turns(), from);
    if (turns.length === 0) return;
    sent.set(run.runId, { to: from + turns.length, at: performance.now() });
    connection.send({ type: "localTurns", runId: run.runId, turns }).catch(() => {});
  };

  return {
    connect(connection) {
      sent.clear();
      current = connection;
    },
    disconnect() {
      current = undefined;
    },
    look(runs) {
      for (const run of runs) {
        if (current !== undefined && !refusedRuns.has(run.runId)) send(run, current);
      }
    },
    joined(run, digest) {
      const index = run.turns().findIndex((turn) => turn.digest === digest);
      // What was not sent can't have been received.
      if (index >= (sent.get(run.runId)?.to ?? 0)) return;
      done.set(run.runId, Math.max(doneOf(run), index + 1));
    },
    refused: (runId) => void refusedRuns.add(runId),
    isRefused: (runId) => refusedRuns.has(runId),
    doneOf,
    isDone: (run) => doneOf(run) >= run.turns().length,
    forget(runId) {
      done.delete(runId);
      sent.delete(runId);
      refusedRuns.delete(runId);
    },
  };
}

/** Their events stay here: they are decided again where they are joined. */
function pieceOf(turns: readonly LocalTurn[], from: number): JoiningTurn[] {
  const piece: JoiningTurn[] = [];
  let sizeBytes = 0;
  for (const { events: _made, ...turn } of turns.slice(from, from + MOST_TURNS)) {
    sizeBytes += Buffer.byteLength(JSON.stringify(turn));
    if (piece.length > 0 && sizeBytes > PIECE_BYTES) break;
    piece.push(turn);
  }
  return piece;
}
