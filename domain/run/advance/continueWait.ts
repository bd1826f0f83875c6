import type { CompiledStep } from "../../runbook/compiled.ts";
import type { WaitSpec } from "../../runbook/schema.ts";
import { later, parseDuration } from "../../time.ts";
import { scopeOf } from "../scope.ts";
import type { StepState } from "../state.ts";
import type { Turn } from "../turn.ts";
import { concludeStep } from "./concludeStep.ts";
import { failureOf } from "./failures.ts";

/** A waiting step: over when its time has come or its expression holds; failed when that took longer than allowed. */
export function continueWait(turn: Turn, step: CompiledStep, wait: WaitSpec, now: StepState): void {
  if (!("until" in wait)) {
    if (now.dueAt !== undefined && turn.now >= now.dueAt) concludeStep(turn, step);
    return;
  }
  const { verdict } = turn.plan.expressions.judge("until", step.title, wait.until, scopeOf(turn.state, turn.now));
  if (verdict === "pass") {
    concludeStep(turn, step);
    return;
  }
  const endsAt = later(now.beganAt ?? turn.now, parseDuration(wait.atMost) ?? 0);
  if (turn.now >= endsAt) {
    const failure = failureOf("timedOut", `What it waits for did not come within ${wait.atMost}.`);
    turn.emit({ type: "stepFailed", stepId: step.id, failure, unknown: false });
    return;
  }
  const isSet = Object.values(turn.state.timers).some((timer) => timer.stepId === step.id);
  if (isSet) return;
  const checkAt = later(turn.now, Math.max(1000, parseDuration(wait.check) ?? 0));
  const firesAt = checkAt < endsAt ? checkAt : endsAt;
  const timerId = `${step.id}.wait.${now.attempt}.${firesAt}`;
  turn.emit({ type: "timerSet", timerId, firesAt, purpose: "wait", stepId: step.id });
}
