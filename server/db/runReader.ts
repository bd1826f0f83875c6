import type { Digest, RunId } from "../../domain/ids.ts";
import type { Head } from "../../domain/run/chain.ts";
import { fold, reachesBack } from "../../domain/run/evolve.ts";
import type { RunState } from "../../domain/run/state.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";
import { readEvents } from "./eventLog.ts";
import type { Queryable } from "./queryable.ts";
import { remember } from "./remember.ts";

/** A run as its log says it is, with the plan that it carries out. */
export interface RunOnRecord {
  readonly state: RunState;
  readonly head: Head;
  readonly plan: CompiledRunbook;
}

/** Folds logs and remembers where it got to, so that reading a run again reads only what is new. */
export interface RunReader {
  /**
   * The run as of now; undefined when there is no such run.
   * @throws LogDamaged, IllegalTransition when its log can't be trusted; Error when its runbook does not compile
   */
  read(runId: RunId): Promise<RunOnRecord | undefined>;
  /** The plan of a runbook by the digest of its text. */
  plan(digest: Digest): Promise<CompiledRunbook>;
  /** Forgets a run, so that its whole log is read and checked again. */
  forget(runId: RunId): void;
}

const RUNS_KEPT = 200;
const PLANS_KEPT = 50;

/** Makes a reader. `compile` turns the text of a runbook into its plan and throws where it can't. */
export function createRunReader(db: Queryable, compile: (text: string) => CompiledRunbook): RunReader {
  const runs = new Map<RunId, Promise<RunOnRecord | undefined>>();
  const plans = new Map<Digest, Promise<CompiledRunbook>>();

  const plan = (digest: Digest): Promise<CompiledRunbook> => {
    const known = plans.get(digest);
    const wanted = known ?? readPlan(db, digest, compile);
    remember(plans, digest, wanted, PLANS_KEPT);
    return wanted;
  };

  const advance = async (runId: RunId, from: RunOnRecord | undefined): Promise<RunOnRecord | undefined> => {
    const events = await readEvents(db, runId, from?.head);
    const last = events.at(-1);
    if (!last) return from;
    if (from && reachesBack(events)) return advance(runId, undefined);
    const state = fold(events, from?.state);
    if (!state) return undefined;
    return { state, head: { seq: last.seq, hash: last.hash }, plan: await plan(state.runbookDigest) };
  };

  return {
    read(runId) {
      // One after the other for each run: two folds of the same news would be twice the work.
      const before = runs.get(runId) ?? Promise.resolve(undefined);
      const now = before.catch(() => undefined).then((from) => advance(runId, from));
      remember(runs, runId, now, RUNS_KEPT);
      return now;
    },
    plan,
    forget: (runId) => void runs.delete(runId),
  };
}

async function readPlan(
  db: Queryable,
  digest: Digest,
  compile: (text: string) => CompiledRunbook,
): Promise<CompiledRunbook> {
  const { rows } = await db.query<{ text: string }>("select text from runbook where digest = $1", [digest]);
  const text = rows[0]?.text;
  if (text === undefined) throw new Error(`runbook ${digest} is not on record`);
  return compile(text);
}
