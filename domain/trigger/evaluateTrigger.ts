import type { StepId } from "../ids.ts";
import { clip } from "../run/clip.ts";
import type { EventOf, Judgement } from "../run/events.ts";
import type { RunState, TriggerState } from "../run/state.ts";
import { stepOf, stepStageOf } from "../run/stepOf.ts";
import type { CompiledTrigger } from "../runbook/compiled.ts";
import type { Probe } from "../runbook/schema.ts";
import type { Instant } from "../time.ts";

export type TriggerChange = EventOf<"triggerPending" | "triggerFired" | "triggerResolved">;

/**
 * What a judgement makes of a trigger, as in Prometheus: true for shorter than `for` is pending, for longer fires once, false
 * ends it. What can't be judged changes nothing: not knowing neither fires nor calms.
 */
export function evaluateTrigger(
  trigger: CompiledTrigger,
  current: TriggerState | undefined,
  judged: { readonly verdict: Judgement["verdict"]; readonly value: string },
  now: Instant,
): TriggerChange | undefined {
  const triggerId = trigger.id;
  const stage = current?.stage ?? "quiet";
  const value = clip(judged.value, 400);
  if (judged.verdict === "unknown") return undefined;
  if (judged.verdict === "fail") return stage === "quiet" ? undefined : { type: "triggerResolved", triggerId, value };
  if (stage === "fired") return undefined;
  const since = stage === "pending" ? (current?.since ?? now) : now;
  if (now - since >= trigger.forMs) {
    return { type: "triggerFired", triggerId, value, action: trigger.source.action };
  }
  return stage === "pending" ? undefined : { type: "triggerPending", triggerId, value };
}

/** Whether a trigger is armed: while the run goes forward, between the steps that its `armed` names and in its phases. */
export function isArmed(state: RunState, trigger: CompiledTrigger): boolean {
  const forward = state.stage === "running" || (state.stage === "held" && state.hold?.during === "forward");
  if (!forward) return false;
  const { after, before } = trigger.source.armed;
  if (after !== undefined && !isOver(state, after)) return false;
  if (trigger.during !== undefined && !isGoingOn(state, trigger.during)) return false;
  return before === undefined || stepOf(state, before) === undefined;
}

function isOver(state: RunState, stepId: StepId): boolean {
  const stage = stepStageOf(state, stepId);
  return stage === "done" || stage === "skipped";
}

/** From the beginning of the first of these steps until all of them are over. */
function isGoingOn(state: RunState, steps: readonly StepId[]): boolean {
  return steps.some((id) => stepOf(state, id) !== undefined) && !steps.every((id) => isOver(state, id));
}

/** Whether what a probe measures is stopped on purpose: its samples then say nothing ("paused: planned stop"). */
export function isProbePaused(state: RunState, probe: Probe): boolean {
  if (probe.pausedFrom === undefined || stepOf(state, probe.pausedFrom) === undefined) return false;
  return probe.pausedUntil === undefined || !isOver(state, probe.pausedUntil);
}
