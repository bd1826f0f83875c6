import type { HoldCause } from "../../../domain/run/stages.ts";
import type { RunView } from "../../../protocol/http/runs.ts";
import type { NowStep } from "../nowStep.ts";
import { nameOfStep } from "../nowStep.ts";
import { orderAnswer, reasonOfRollback, skipAnswers } from "./answers.ts";
import type { Part, Reader } from "./model.ts";

/** A step failed, was cancelled, or ended in a way that nobody knows. */
export function stoppedCard(run: RunView, reader: Reader, step: NowStep): Part {
  const isUnknown = step.stage === "unknown";
  const name = nameOfStep(step);
  const retry = orderAnswer(reader, `Retry ${name}`, { order: "retry", stepId: step.id }, !isUnknown);
  const inspect = orderAnswer(
    reader,
    isUnknown ? `Inspect ${name} again` : "I fixed it by hand, inspect again",
    { order: "inspectAgain", stepId: step.id },
    isUnknown,
  );
  const isNoGate = step.kind !== "gate";
  const tries = isUnknown ? [inspect] : step.kind === "task" ? [retry, inspect] : [retry];
  return {
    key: `${step.stage} ${step.id} ${step.attempt}`,
    title: isNoGate ? step.title : `Gate: ${step.title}`,
    showsProgress: isNoGate && step.progress !== null,
    say: {
      what: step.failure?.what ?? whatStopped(step),
      data: step.failure?.data ?? run.dataSentence,
      todo: step.failure?.todo ?? "Look at the log, then try it again.",
    },
    answers: [...(isNoGate ? tries : []), ...skipAnswers(reader, step)],
  };
}

function whatStopped(step: NowStep): string {
  if (step.stage === "cancelled") return "It was cancelled and proven ended.";
  if (step.stage === "unknown") return "It began, and nobody knows how it ended.";
  return "It failed.";
}

/** What to do about a hold, by its cause. */
const HOLD_TODO: Readonly<Record<HoldCause, string>> = {
  ordered: "Resume when it may go on, or roll back.",
  noGo: "Talk to whoever said NO-GO. Resume asks the gate again; or roll back.",
  trigger: "Find out why, then resume or roll back.",
  hostRebooted:
    "Have the passphrases sealed again on the Prepare page, then resume. What the restart has undone is done again first.",
  pointOfNoReturn: "Resume, or roll back while it still fits.",
  stepFailed: "Try the step again, or roll back.",
  stepUnknown: "Have the host inspect it before anything is done twice.",
  taskRefused: "Read why the host refused, then try again.",
  otherHost: "Resume when the host has given the run back, or skip the step where the runbook allows it.",
  takenOver: "Look on the host what was done there (slackwater-agent run --local), then resume or abandon.",
  restored:
    "Look on every host what was done there (slackwater-agent status, and its journal). Inspect again what may have been done, then resume, roll back or abandon.",
  rollbackFailed: "Try the step again; the old side is untouched.",
};

/** Titles of holds that are about the run; the others are about the step that stands here, and have its title. */
const HOLD_TITLE: Readonly<Partial<Record<HoldCause, string>>> = {
  pointOfNoReturn: "A rollback no longer fits in the window",
  hostRebooted: "A host was started anew",
  otherHost: "A step of another host",
  takenOver: "A host carried the run on, and it does not fit",
  restored: "This record is older than what was done",
  noGo: "NO-GO was signed",
  trigger: "A trigger fired",
};

/** The run is held, and no step of it failed. */
export function heldCard(run: RunView, hold: NonNullable<RunView["hold"]>, reader: Reader, step: NowStep): Part {
  const { cause, detail } = hold;
  const by = hold.by === null ? "Held" : `Held by ${hold.by}`;
  const what = detail === "" ? `${by}.` : cause === "ordered" ? `${by}: ${detail}` : detail;
  const goesOn = step.stage === "running" ? ` ${step.title} goes on to its end.` : "";
  return {
    key: `held ${hold.since}`,
    title: HOLD_TITLE[cause] ?? step.title,
    showsProgress: step.stage === "running",
    say: {
      what: `${/[.!?]$/.test(what) ? what : `${what}.`}${goesOn}`,
      data: run.dataSentence,
      todo: HOLD_TODO[cause],
    },
    answers: reasonOfRollback(run, reader),
  };
}

/**
 * The record was put back to an earlier time. That is said before anything about the step; what can be done about a step that stopped stays
 * in its place, for having it inspected is how people find out.
 */
export function restoredCard(run: RunView, hold: NonNullable<RunView["hold"]>, reader: Reader, step: NowStep): Part {
  const held = heldCard(run, hold, reader, step);
  const isStopped = step.stage === "failed" || step.stage === "unknown" || step.stage === "cancelled";
  const { answers = [] } = isStopped ? stoppedCard(run, reader, step) : held;
  return { ...held, answers };
}
