import type { CompiledTrigger, ProbeScope, Scope } from "../../runbook/compiled.ts";
import { isSilenced } from "../../silence/silences.ts";
import { evaluateTrigger, isArmed, isProbePaused } from "../../trigger/evaluateTrigger.ts";
import { SILENT_AFTER } from "../../trigger/probeCourse.ts";
import type { ProbeSample } from "../intents.ts";
import { scopeOf } from "../scope.ts";
import type { Turn } from "../turn.ts";
import { holdRun } from "./holdRun.ts";
import { wantRollback } from "./wantRollback.ts";

/** Evaluates the triggers that watch facts only, on the facts of now. */
export function watchFacts(turn: Turn): void {
  for (const trigger of turn.plan.triggers) {
    if (trigger.source.probe === undefined) watch(turn, trigger, {});
  }
}

/** Evaluates the triggers that watch a probe, on one sample of it. */
export function watchSample(turn: Turn, probeId: string, sample: ProbeSample): void {
  if (!isWatched(turn, probeId)) return;
  if (turn.state.silent[probeId] !== undefined) turn.emit({ type: "probeHeard", probeId });
  watchProbe(turn, probeId, seenOf(sample));
}

/** Says that a probe is silent, once, and evaluates the triggers that watch it: some wait for just that. */
export function watchSilence(turn: Turn, probeId: string, missed: number): void {
  if (!isWatched(turn, probeId)) return;
  if (missed >= SILENT_AFTER && turn.state.silent[probeId] === undefined) turn.emit({ type: "probeSilent", probeId });
  watchProbe(turn, probeId, { missed });
}

/** A sample that was under way when the run ended says nothing to it any more. */
function isWatched({ plan, state }: Turn, probeId: string): boolean {
  const probe = plan.probes[probeId];
  return probe !== undefined && state.stage !== "ended" && !isProbePaused(state, probe);
}

function watchProbe(turn: Turn, probeId: string, probe: ProbeScope): void {
  for (const trigger of turn.plan.triggers) if (trigger.source.probe === probeId) watch(turn, trigger, { probe });
}

function seenOf({ ok, value, consecutiveFailures, over }: ProbeSample): ProbeScope {
  return {
    ...{ ok, consecutive_failures: consecutiveFailures, missed: 0 },
    ...(value === undefined ? {} : { value }),
    ...(over === undefined ? {} : { count: over.count, failed_share: over.failedShare }),
    ...(over?.increase === undefined ? {} : { increase: over.increase }),
    ...(over?.usual === undefined ? {} : { usual: over.usual }),
  };
}

function watch(turn: Turn, trigger: CompiledTrigger, own: Pick<Scope, "probe">): void {
  const current = turn.state.triggers[trigger.id];
  if (!isArmed(turn.state, trigger)) {
    // Its range is over before `for` had passed.
    if (current?.stage === "pending") {
      turn.emit({ type: "triggerResolved", triggerId: trigger.id, value: current.value ?? "" });
    }
    return;
  }
  const scope = scopeOf(turn.state, turn.now, own);
  const judged = turn.plan.expressions.judge(trigger.id, trigger.source.title, trigger.source.expr, scope);
  const value = shownValue(turn, trigger, scope, judged.values);
  const change = evaluateTrigger(trigger, current, { verdict: judged.verdict, value }, turn.now);
  if (change === undefined) return;
  if (change.type === "triggerFired" && isSilenced(turn.state, trigger.id)) {
    // It goes on being watched, so that it can fire as soon as the silence is over.
    if (current?.stage !== "pending") turn.emit({ type: "triggerPending", triggerId: trigger.id, value: change.value });
    return;
  }
  turn.emit(change);
  if (change.type === "triggerFired") act(turn, trigger, change.value);
}

/**
 * Fires a trigger whose silence is over and which has held for its `for` meanwhile, as it was judged last. One that is blind just now, or not
 * armed any more, waits for its next judgement.
 */
export function fireIfHeld(turn: Turn, triggerId: string): void {
  const { plan, state, now } = turn;
  const trigger = plan.triggers.find(({ id }) => id === triggerId);
  const current = state.triggers[triggerId];
  if (trigger === undefined || current?.stage !== "pending" || !isArmed(state, trigger)) return;
  const probe = trigger.source.probe === undefined ? undefined : plan.probes[trigger.source.probe];
  if (probe !== undefined && isProbePaused(state, probe)) return;
  if (trigger.source.probe !== undefined && state.silent[trigger.source.probe] !== undefined) return;
  const value = current.value ?? "";
  const change = evaluateTrigger(trigger, current, { verdict: "pass", value }, now);
  if (change?.type !== "triggerFired") return;
  turn.emit(change);
  act(turn, trigger, value);
}

function act(turn: Turn, trigger: CompiledTrigger, value: string): void {
  const detail = `${trigger.source.title}: ${value}`;
  switch (trigger.source.action) {
    case "notify":
      return;
    case "hold":
      holdRun(turn, "trigger", detail);
      return;
    case "rollback":
      wantRollback(turn, "trigger", detail);
      return;
    default:
      throw new TypeError("not in the list", { cause: trigger.source.action satisfies never });
  }
}

function shownValue(
  turn: Turn,
  trigger: CompiledTrigger,
  scope: Scope,
  values: Readonly<Record<string, unknown>>,
): string {
  const { shows } = trigger.source;
  const shown = shows === undefined ? undefined : turn.plan.expressions.value(shows, scope);
  if (shown !== undefined) return typeof shown === "object" ? JSON.stringify(shown) : String(shown);
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    .join(", ");
}
