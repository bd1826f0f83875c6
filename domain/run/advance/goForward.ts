import type { StepId } from "../../ids.ts";
import type { CompiledStep } from "../../runbook/compiled.ts";
import type { BranchSteps, Stretch } from "../branches.ts";
import { stepsBeside, stretchesOf } from "../branches.ts";
import { clip } from "../clip.ts";
import type { HoldCause } from "../stages.ts";
import type { RunState, StepState } from "../state.ts";
import { activeTaskOf, gateOf, stepOf, stepStageOf } from "../stepOf.ts";
import { leftText } from "../taskReport.ts";
import type { Turn } from "../turn.ts";
import { beginStep } from "./beginStep.ts";
import { continueWait } from "./continueWait.ts";
import { endRun } from "./endRun.ts";
import { holdRun } from "./holdRun.ts";
import { holdOutOfReach } from "./outOfReach.ts";
import { retryStep } from "./retryStep.ts";
import { considerGate, gateQuorum, settleOpenGate } from "./settleGates.ts";
import { wantRollback } from "./wantRollback.ts";

/** How far a step is: over, so that the next may begin; under way; or stuck, which holds the run. */
type Standing = "over" | "underWay" | Stuck;

interface Stuck {
  readonly cause: HoldCause;
  readonly detail: string;
  /** What people have to deal with: the step itself, or one that it needs. */
  readonly stepId: StepId;
  readonly step: CompiledStep;
}

/**
 * One move of a running run: looks along the steps for the first that is not over and does what is due there. Nothing, when
 * something is waited for. Steps go one after another, those of branches beside each other.
 */
export function goForward(turn: Turn): void {
  for (const stretch of stretchesOf(turn.plan.steps)) {
    if (!isStretchOver(turn, stretch)) return;
  }
  // All are over. Gates at the very end have nothing behind them that would spend their decisions.
  const last = turn.plan.steps.at(-1);
  for (const gate of turn.plan.gates) {
    if (last !== undefined && gateOf(turn.state, gate.gateId).stage === "open") settleOpenGate(turn, gate, last.id);
  }
  const failed = turn.plan.steps.filter((step) => stepStageOf(turn.state, step.id) === "failed");
  const reason =
    failed.length === 0 ? undefined : `Failed and passed by: ${failed.map(({ title }) => title).join("; ")}.`;
  endRun(turn, "completed", reason);
}

/** Moves each branch; true when all are through. A branch that is stuck holds the run as its runbook says, once nothing more moves. */
function isStretchOver(turn: Turn, stretch: Stretch): boolean {
  const before = turn.state.seq;
  const standings: Standing[] = [];
  for (const branch of stretch) {
    standings.push(standingOfBranch(turn, branch));
    // A rollback was ordered, or the run is held or over: what the other branches would begin comes too late.
    if (turn.state.stage !== "running" || turn.state.rollbackOrdered !== undefined) return false;
  }
  if (turn.state.seq === before) holdWhereStuck(turn, standings);
  return standings.every((standing) => standing === "over");
}

function standingOfBranch(turn: Turn, branch: BranchSteps): Standing {
  for (const step of branch) {
    const now = stepOf(turn.state, step.id);
    if (now === undefined) {
      const needs = standingOfNeeds(turn, step);
      if (needs !== "over") return needs;
      if (!holdOutOfReach(turn, step)) beginStep(turn, step);
      return "underWay";
    }
    const standing = standingOf(turn, step, now);
    if (standing !== "over") return standing;
  }
  return "over";
}

function holdWhereStuck(turn: Turn, standings: readonly Standing[]): void {
  const stuck = standings.filter((standing) => typeof standing === "object");
  const moving = standings.includes("underWay");
  const holding = stuck.find(({ step }) => !moving || step.branch?.onFailure !== "finishOthers");
  if (holding === undefined) return;
  if (holding.step.branch?.onFailure === "cancelOthers") cancelBeside(turn, holding.step);
  holdRun(turn, holding.cause, holding.detail, holding.stepId);
}

function cancelBeside(turn: Turn, step: CompiledStep): void {
  for (const other of stepsBeside(turn.plan.steps, step.id)) {
    const task = activeTaskOf(turn.state, other.id);
    if (task === undefined || task.stage === "cancelOrdered") continue;
    const reason = clip(`${step.title}, beside it, has failed.`, 2000);
    turn.emit({ type: "taskCancelOrdered", taskId: task.taskId, reason });
  }
}

/** Where a step that has begun stands; what is due at it was done, if anything was. */
function standingOf(turn: Turn, step: CompiledStep, now: StepState): Standing {
  const stuck = (cause: HoldCause, detail: string): Stuck => ({ cause, detail, stepId: step.id, step });
  switch (now.stage) {
    case "done":
    case "skipped":
      return "over";
    case "undone":
      // Its action looks first: what a host brings back by itself is not done twice.
      if (!holdOutOfReach(turn, step)) beginStep(turn, step, { inspectFirst: true });
      return "underWay";
    case "planned":
    case "running":
      return "underWay";
    case "waiting":
      return isWaitOver(turn, step, now) ? "over" : "underWay";
    case "failed":
      return standingOfFailed(turn, step, now);
    case "unknown":
      return stuck("stepUnknown", now.failure?.message ?? "It is not known how the step ended.");
    case "cancelled":
      return stuck("ordered", `The step was cancelled.${leftBehind(turn.state, step.id)}`);
    default:
      return now.stage satisfies never;
  }
}

function isWaitOver(turn: Turn, step: CompiledStep, now: StepState): boolean {
  if (step.work.kind === "wait") continueWait(turn, step, step.work.wait, now);
  if (step.work.kind !== "gate") return false;
  const gate = step.work.gate;
  considerGate(turn, gate);
  // Open, but a fact went stale meanwhile: nothing begins behind it until that is measured again.
  return gateOf(turn.state, gate.gateId).stage === "open" && gateQuorum(turn.state, gate).met;
}

function standingOfFailed(turn: Turn, step: CompiledStep, now: StepState): Standing {
  if (step.work.kind === "gate") {
    afterRefusal(turn, step);
    return "underWay";
  }
  if (retryStep(turn, step, step.retry, now) === "pending") return "underWay";
  const message = now.failure?.message ?? "The step failed.";
  const task = now.taskId === undefined ? undefined : turn.state.tasks[now.taskId];
  if (task?.stage === "refused") return { cause: "taskRefused", detail: message, stepId: step.id, step };
  switch (step.onFailure) {
    case "continue":
      return "over";
    case "hold":
      return { cause: "stepFailed", detail: message, stepId: step.id, step };
    case "rollback":
      wantRollback(turn, "stepFailed", `${step.title}: ${message}`);
      return "underWay";
    default:
      return step.onFailure satisfies never;
  }
}

/** What a refused gate leads to. Not knowing is no NO-GO: where a criterion could not be judged, people are asked. */
export function afterRefusal(turn: Turn, step: CompiledStep): void {
  if (step.work.kind !== "gate") return;
  const { refusedBy, judgements } = gateOf(turn.state, step.work.gate.gateId);
  const detail = `${step.title}: ${stepOf(turn.state, step.id)?.failure?.message ?? "refused"}`;
  const isKnown = refusedBy !== "criteria" || judgements.some(({ verdict }) => verdict === "fail");
  const onNoGo = isKnown ? step.work.gate.spec.onNoGo : "hold";
  switch (onNoGo) {
    case "hold":
      holdRun(turn, "noGo", detail, step.id);
      return;
    case "rollback":
      wantRollback(turn, "gate", detail);
      return;
    case "abandon":
      endRun(turn, "abandoned", detail);
      return;
    default:
      throw new TypeError("not in the list", { cause: onNoGo satisfies never });
  }
}

function standingOfNeeds(turn: Turn, step: CompiledStep): Standing {
  for (const need of step.needs) {
    const stage = stepStageOf(turn.state, need);
    if (stage === "done" || stage === "skipped") continue;
    // In another branch it may still come.
    if (mayStillBeDone(turn, step, need)) return "underWay";
    const title = turn.plan.steps.find(({ id }) => id === need)?.title ?? need;
    const detail = `${step.title} needs ${title}, which is not done.`;
    return { cause: "stepFailed", detail, stepId: need, step };
  }
  return "over";
}

function mayStillBeDone({ plan, state }: Turn, step: CompiledStep, need: StepId): boolean {
  if (!stepsBeside(plan.steps, step.id).some(({ id }) => id === need)) return false;
  const { stage = "planned", dueAt } = stepOf(state, need) ?? {};
  return stage === "planned" || stage === "running" || stage === "waiting" || stage === "undone" || dueAt !== undefined;
}

/** What the cancelled task left on its host, as its receipt says; the host looked for itself. */
function leftBehind({ tasks, steps }: RunState, stepId: StepId): string {
  const taskId = steps[stepId]?.taskId;
  const report = taskId === undefined ? undefined : tasks[taskId]?.report;
  const left = report?.outcome === "cancelled" ? leftText(report.receipt) : "";
  return left === "" ? "" : ` ${left}`;
}
