import { plannedDurationMs } from "../../forecast/plannedDuration.ts";
import { GO_GATE } from "../../gate/goGate.ts";
import type { UserId } from "../../ids.ts";
import { taskIdOf } from "../../ids.ts";
import type { CompiledTask, StepWork } from "../../runbook/compiled.ts";
import type { WaitSpec } from "../../runbook/schema.ts";
import { DurationMs, later } from "../../time.ts";
import { clip } from "../clip.ts";
import type { AnyStep } from "../findStep.ts";
import { workOf } from "../findStep.ts";
import { latestFactTree, scopeOf } from "../scope.ts";
import { gateOf } from "../stepOf.ts";
import type { Turn } from "../turn.ts";
import { announceStep } from "./announceDue.ts";
import { concludeStep } from "./concludeStep.ts";
import { failureOf } from "./failures.ts";
import { askGate, judgeGate, spendGates } from "./settleGates.ts";

/** Who lets a step begin, and whether its action first looks at what an earlier attempt left. */
export interface Beginning {
  readonly by?: UserId;
  readonly inspectFirst?: boolean;
}

/** Begins the next attempt of a step, or passes it by where its `when` does not hold. */
export function beginStep(turn: Turn, step: AnyStep, how: Beginning = {}): void {
  const work = workOf(step);
  const applies = step.section === "forward" ? judgeWhen(turn, step.when) : "pass";
  if (applies === "fail") {
    const reason = clip(`Its condition does not hold: ${step.section === "forward" ? step.when : ""}`, 2000);
    turn.emit({ type: "stepSkipped", stepId: step.id, section: step.section, kind: work.kind, reason });
    return;
  }
  const attempt = (turn.state.steps[step.id]?.attempt ?? 0) + 1;
  if (step.section === "forward") spendGates(turn, step.id);
  turn.emit({
    type: "stepBegan",
    stepId: step.id,
    section: step.section,
    kind: work.kind,
    attempt,
    ...(how.by === undefined ? {} : { by: how.by }),
  });
  if (applies === "unknown") {
    fail(
      turn,
      step,
      "expectationFailed",
      "It can't be told whether this step applies: measure what its condition names.",
    );
    return;
  }
  if (step.section === "forward" && work.kind !== "gate" && attempt === 1) announceStep(turn, step.id);
  doWork(turn, step, work, attempt, how.inspectFirst === true);
}

function judgeWhen(turn: Turn, when: string | undefined): "pass" | "fail" | "unknown" {
  if (when === undefined) return "pass";
  return turn.plan.expressions.judge("when", "applies", when, scopeOf(turn.state, turn.now)).verdict;
}

function doWork(turn: Turn, step: AnyStep, work: StepWork, attempt: number, inspectFirst: boolean): void {
  switch (work.kind) {
    case "task":
      // Measurements wait for their turn on their host: see measureNext.ts.
      if (step.section !== "checklist") orderTask(turn, step, work.task, attempt, inspectFirst);
      return;
    case "manual":
      return;
    case "gate":
      if (work.gate.spec.opensBy === "criteria") judgeGate(turn, work.gate, step.id);
      else askGate(turn, work.gate);
      return;
    case "announce":
      turn.emit({ type: "announcementDue", announcementId: work.announcementId, stepId: step.id });
      concludeStep(turn, step);
      return;
    case "wait":
      beginWait(turn, step, work.wait, attempt);
      return;
    default:
      throw new TypeError("not in the list", { cause: work satisfies never });
  }
}

/** Orders the task of a step that has begun, or fails the step where its arguments can't be given. */
export function orderTask(turn: Turn, step: AnyStep, task: CompiledTask, attempt: number, inspectFirst: boolean): void {
  const host = turn.state.hosts[task.host];
  if (host === undefined) {
    fail(turn, step, "argumentsInvalid", `The window binds no host to ${task.host}.`);
    return;
  }
  if (needsOpenGate(step, task) && gateOf(turn.state, GO_GATE).stage !== "open") {
    fail(turn, step, "notAuthorised", "No GO stands for this.");
    return;
  }
  const rendered = turn.plan.expressions.renderArguments(task.with, scopeOf(turn.state, turn.now));
  if (!rendered.ok) {
    turn.emit({ type: "stepFailed", stepId: step.id, failure: rendered.failure, unknown: false });
    return;
  }
  turn.emit({
    type: "taskOrdered",
    stepId: step.id,
    taskId: taskIdOf(turn.state.runId, step.id, attempt),
    hostId: host.hostId,
    action: task.action,
    arguments: { ...rendered.value },
    inspectFirst,
    ...(task.withinMs === undefined ? {} : { withinMs: task.withinMs }),
  });
}

/**
 * Steps act only behind an open GO. Preparation also makes backups and test restores, which change something: the hosts allow
 * those by a standing grant of their owners. Nothing is ever destroyed before a GO.
 */
export function needsOpenGate(step: AnyStep, task: CompiledTask): boolean {
  return step.section === "checklist" ? task.class === "destroy" : true;
}

function beginWait(turn: Turn, step: AnyStep, wait: WaitSpec, attempt: number): void {
  // A wait until an expression holds is judged by `advance`, at once and whenever something is heard.
  if ("until" in wait) return;
  const lasts = wait.for;
  const ms =
    typeof lasts === "object" && "expr" in lasts
      ? turn.plan.expressions.value(lasts.expr, scopeOf(turn.state, turn.now))
      : plannedDurationMs(lasts, latestFactTree(turn.state)).ms;
  const parsed = DurationMs.safeParse(typeof ms === "number" ? Math.round(ms) : ms);
  if (!parsed.success) {
    fail(turn, step, "expectationFailed", "It can't be told how long to wait: measure what the duration names.");
    return;
  }
  const firesAt = later(turn.now, parsed.data);
  turn.emit({ type: "timerSet", timerId: `${step.id}.wait.${attempt}`, firesAt, purpose: "wait", stepId: step.id });
}

function fail(turn: Turn, step: AnyStep, code: Parameters<typeof failureOf>[0], message: string): void {
  turn.emit({ type: "stepFailed", stepId: step.id, failure: failureOf(code, message), unknown: false });
}
