import type { StepId } from "../../ids.ts";
import type { CompiledStep } from "../../runbook/compiled.ts";
import type { RunState, StepState } from "../state.ts";
import { gateOf, stepOf, stepStageOf } from "../stepOf.ts";
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

/**
 * One move of a running run: looks along the steps for the first that is not over and does what is due there. Nothing, when
 * something is waited for. Steps go one after another.
 */
export function goForward(turn: Turn): void {
  for (const step of turn.plan.steps) {
    const now = stepOf(turn.state, step.id);
    if (now === undefined) {
      if (needsAreMet(turn, step) && !holdOutOfReach(turn, step)) beginStep(turn, step);
      return;
    }
    if (!isPassed(turn, step, now)) return;
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

/** True where the run goes on behind this step; otherwise what is due at it was done, if anything was. */
function isPassed(turn: Turn, step: CompiledStep, now: StepState): boolean {
  switch (now.stage) {
    case "done":
    case "skipped":
      return true;
    case "undone":
      // Its action looks first: what a host brings back by itself is not done twice.
      if (!holdOutOfReach(turn, step)) beginStep(turn, step, { inspectFirst: true });
      return false;
    case "planned":
    case "running":
      return false;
    case "waiting":
      return isWaitOver(turn, step, now);
    case "failed":
      return isFailurePassed(turn, step, now);
    case "unknown":
      holdRun(turn, "stepUnknown", now.failure?.message ?? "It is not known how the step ended.", step.id);
      return false;
    case "cancelled":
      holdRun(turn, "ordered", `The step was cancelled.${leftBehind(turn.state, step.id)}`, step.id);
      return false;
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

function isFailurePassed(turn: Turn, step: CompiledStep, now: StepState): boolean {
  if (step.work.kind === "gate") {
    afterRefusal(turn, step);
    return false;
  }
  if (retryStep(turn, step, step.retry, now) === "pending") return false;
  const message = now.failure?.message ?? "The step failed.";
  const task = now.taskId === undefined ? undefined : turn.state.tasks[now.taskId];
  if (task?.stage === "refused") {
    holdRun(turn, "taskRefused", message, step.id);
    return false;
  }
  switch (step.onFailure) {
    case "continue":
      return true;
    case "hold":
      holdRun(turn, "stepFailed", message, step.id);
      return false;
    case "rollback":
      wantRollback(turn, "stepFailed", `${step.title}: ${message}`);
      return false;
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

function needsAreMet(turn: Turn, step: CompiledStep): boolean {
  for (const need of step.needs) {
    const stage = stepStageOf(turn.state, need);
    if (stage === "done" || stage === "skipped") continue;
    const title = turn.plan.steps.find(({ id }) => id === need)?.title ?? need;
    holdRun(turn, "stepFailed", `${step.title} needs ${title}, which is not done.`, need);
    return false;
  }
  return true;
}

/** What the cancelled task left on its host, as its receipt says; the host looked for itself. */
function leftBehind({ tasks, steps }: RunState, stepId: StepId): string {
  const taskId = steps[stepId]?.taskId;
  const report = taskId === undefined ? undefined : tasks[taskId]?.report;
  const left = report?.outcome === "cancelled" ? leftText(report.receipt) : "";
  return left === "" ? "" : ` ${left}`;
}
