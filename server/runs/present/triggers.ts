import type { CompiledTrigger } from "../../../domain/runbook/compiled.ts";
import { isArmed, isProbePaused } from "../../../domain/trigger/evaluateTrigger.ts";
import type { TriggerView } from "../../../protocol/http/runs.ts";
import { presentSilence } from "./silences.ts";
import type { Subject } from "./subject.ts";

const ORDER: readonly TriggerView["stage"][] = ["fired", "pending", "noData", "quiet", "paused", "notArmed"];

/** The triggers, fired ones first. */
export function presentTriggers(subject: Subject): readonly TriggerView[] {
  const views = subject.plan.triggers.map((trigger): TriggerView => {
    const state = subject.state.triggers[trigger.id];
    return {
      id: trigger.id,
      title: trigger.source.title,
      action: trigger.source.action,
      stage: stageOf(subject, trigger),
      since: state?.since ?? null,
      value: state?.value ?? null,
      expression: trigger.source.expr,
      firesAt: state?.stage === "pending" && state.since !== undefined ? state.since + trigger.forMs : null,
      silence: presentSilence(subject, trigger),
    };
  });
  return views.toSorted((a, b) => ORDER.indexOf(a.stage) - ORDER.indexOf(b.stage));
}

function stageOf({ plan, state }: Subject, trigger: CompiledTrigger): TriggerView["stage"] {
  const current = state.triggers[trigger.id];
  if (current?.stage === "fired") return "fired";
  if (!isArmed(state, trigger)) return "notArmed";
  const probe = trigger.source.probe === undefined ? undefined : plan.probes[trigger.source.probe];
  if (probe && isProbePaused(state, probe)) return "paused";
  if (trigger.source.probe !== undefined && state.silent[trigger.source.probe] !== undefined) return "noData";
  return current?.stage ?? "quiet";
}
