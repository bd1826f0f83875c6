import { setTimeout as pause } from "node:timers/promises";
import { GateId, StepId } from "../../../domain/ids.ts";
import type { RunView } from "../../../protocol/http/runs.ts";
import type { Cast } from "../../../scripts/demo/autoRun.ts";
import { confirmAll, sealPassphrases } from "../../../scripts/demo/prepare.ts";
import { whereItStands } from "../../../scripts/demo/watchRun.ts";

const LOOK_EVERY_MS = 500;
/** One step may be broken off so often by kills, and not more. */
const MOST_TRIES = 8;

/** How a run went that people had to answer for. */
export interface Attended {
  readonly run: RunView;
  /** Times that it was held and people let it go on. */
  readonly holds: number;
}

/**
 * Takes a run from its preparation to its end as people on duty would, whatever is killed meanwhile: they seal again what a restart of the host
 * has made worthless, measure again what failed, let the host inspect what ended nobody knows how, retry, resume, and sign GO at each gate.
 * The server may be gone at any moment: they try again. What a runbook wants to roll back they don't talk out of it.
 *
 * @param passphrases as their holders write them down, by the name of their secret: a volume is opened with the words it was made with
 */
export async function attendRun(
  cast: Cast,
  runId: string,
  passphrases: Map<string, string>,
  withinMs: number,
): Promise<Attended> {
  const tries = new Map<string, number>();
  const until = Date.now() + withinMs;
  let holds = 0;
  const once = (key: string, why: string): void => {
    const made = (tries.get(key) ?? 0) + 1;
    if (made > MOST_TRIES) throw new GaveUp(`${key} was tried ${MOST_TRIES} times. ${why}`);
    tries.set(key, made);
  };

  const [reading, answering] = [forgiving(), forgiving()];
  for (;;) {
    const run = await reading(async () => (await cast.operator.run(runId)).run);
    if (run?.stage === "ended") return { run, holds };
    if (Date.now() > until) throw new GaveUp(`The run did not end in time. ${run ? whereItStands(run) : ""}`);
    if (run) {
      const wasHeld = run.stage === "held";
      const answered = await answering(async () => answer(cast, run, passphrases, once));
      if (wasHeld && answered) holds += 1;
    }
    await pause(LOOK_EVERY_MS);
  }
}

/** Nothing that trying again would mend. */
class GaveUp extends Error {}

/** The server is back within this many looks, and refuses nothing for longer. */
const MOST_REFUSALS = 180;

/** Carries work out that may fail while the server is gone: undefined then, and how things stand is looked at anew. */
function forgiving(): <T>(work: () => Promise<T>) => Promise<T | undefined> {
  let refusals = 0;
  return async (work) => {
    try {
      const done = await work();
      refusals = 0;
      return done;
    } catch (error) {
      refusals += 1;
      if (error instanceof GaveUp || refusals > MOST_REFUSALS) throw error;
      return undefined;
    }
  };
}

/** Does what is due now, one thing; false where nothing is. */
async function answer(
  cast: Cast,
  run: RunView,
  passphrases: Map<string, string>,
  once: (key: string, why: string) => void,
): Promise<boolean> {
  const { runId } = run;
  if (run.secrets.some(({ sealed, recipient }) => sealed === null && recipient !== null)) {
    await sealPassphrases({ ...cast, writeDown: passphrases.set.bind(passphrases) }, runId, passphrases);
    return false;
  }
  switch (run.stage) {
    case "preparing":
      return prepare(cast, run, once);
    case "deciding":
      await cast.approver.decide(runId, GateId.parse("go"), "GO", cast.passkey);
      return true;
    case "ready":
      await cast.starter.order(runId, { order: "start" });
      return true;
    case "running": {
      const gate = run.gates.find(
        ({ stage, opensBy, gateId }) => stage === "asking" && opensBy === "people" && gateId !== "go",
      );
      if (gate === undefined || gate.decisions.length > 0) return false;
      await cast.approver.decide(runId, gate.gateId, "GO", cast.passkey);
      return true;
    }
    case "held":
      return letGoOn(cast, run, once);
    case "rollingBack":
      throw new GaveUp(`It rolls back. ${whereItStands(run)}`);
    case "ended":
      return false;
    default:
      throw new TypeError("not in the list", { cause: run.stage satisfies never });
  }
}

async function prepare(cast: Cast, run: RunView, once: (key: string, why: string) => void): Promise<boolean> {
  // A host that is coming back has no key yet to seal to: what is measured meanwhile would fail for want of a passphrase.
  if (run.secrets.some(({ sealed }) => sealed === null)) return false;
  const items = run.checklist.flatMap((group) => group.items).filter(({ measurable }) => measurable);
  if (items.some(({ state }) => state === "running")) return false;
  const open = items.filter(({ state }) => state !== "done");
  if (open.length > 0) {
    await cast.operator.order(run.runId, { order: "measure", itemIds: open.map(({ id }) => StepId.parse(id)) });
    for (const { id } of open) once(`measuring ${id}`, whereItStands(run));
    return true;
  }
  await confirmAll(cast, run.runId);
  await cast.operator.order(run.runId, { order: "askApproval" });
  return true;
}

async function letGoOn(cast: Cast, run: RunView, once: (key: string, why: string) => void): Promise<boolean> {
  const { hold, runId } = run;
  const { operator } = cast;
  if (hold === null) return false;
  const step = run.steps.find(({ id }) => id === hold.stepId);
  if (hold.cause === "hostRebooted" || step === undefined) {
    await operator.order(runId, { order: "resume" });
    return true;
  }
  const stepId = StepId.parse(step.id);
  await operator.order(
    runId,
    step.stage === "unknown" ? { order: "inspectAgain", stepId } : { order: "retry", stepId },
  );
  once(`step ${step.id}`, hold.detail);
  return true;
}
