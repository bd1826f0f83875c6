import type { CompiledStep } from "../../runbook/compiled.ts";
import type { UntilSpec, WaitSpec } from "../../runbook/schema.ts";
import { Instant, later, parseDuration } from "../../time.ts";
import { scopeOf } from "../scope.ts";
import type { StepState } from "../state.ts";
import type { Turn } from "../turn.ts";
import { concludeStep } from "./concludeStep.ts";
import { failureOf } from "./failures.ts";

/** A waiting step: over when its time has come, or its expression holds and has for long enough; failed when that took longer than allowed. */
export function continueWait(turn: Turn, step: CompiledStep, wait: WaitSpec, now: StepState): void {
  if (!("until" in wait)) {
    if (now.dueAt !== undefined && turn.now >= now.dueAt) concludeStep(turn, step);
    return;
  }
  const lastsAt = heldUntil(turn, step, wait, now);
  if (lastsAt !== undefined && turn.now >= lastsAt) {
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
  const firesAt = Instant.parse(Math.min(checkAt, endsAt, lastsAt ?? endsAt));
  const timerId = `${step.id}.wait.${now.attempt}.${firesAt}`;
  turn.emit({ type: "timerSet", timerId, firesAt, purpose: "wait", stepId: step.id });
}

/**
 * When the expression has held for long enough, if it goes on; undefined while it does not hold. What can't be judged does not hold: a
 * soak over facts that nobody measured any more would soak nothing.
 */
function heldUntil(turn: Turn, step: CompiledStep, wait: UntilSpec, now: StepState): Instant | undefined {
  const { verdict } = turn.plan.expressions.judge("until", step.title, wait.until, scopeOf(turn.state, turn.now));
  const holds = verdict === "pass";
  if (wait.heldFor === undefined) return holds ? turn.now : undefined;
  if (holds !== (now.holdsSince !== undefined)) turn.emit({ type: "waitHolds", stepId: step.id, holds });
  return holds ? later(now.holdsSince ?? turn.now, parseDuration(wait.heldFor) ?? 0) : undefined;
}
