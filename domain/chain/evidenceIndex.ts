import { z } from "zod";
import { FactName } from "../fact/fact.ts";
import { GO_GATE } from "../gate/goGate.ts";
import { Digest, GateId, StepId } from "../ids.ts";
import type { LoggedEvent, RunEvent } from "../run/events.ts";
import { StepStage } from "../run/stages.ts";
import type { RunState } from "../run/state.ts";
import { stepStageOf } from "../run/stepOf.ts";
import type { CompiledRunbook, CompiledStep } from "../runbook/compiled.ts";

const seq = z.int().min(1);

/** What the log holds of one step that a control names; everything by the number of its event. */
export const StepEvidence = z.strictObject({
  stepId: StepId,
  stage: StepStage,
  /** All that happened in the step. */
  events: z.array(seq),
  /** Decisions of people at the gate that it is, or at the last one that it stands behind. */
  decisions: z.array(z.strictObject({ seq, gateId: GateId })),
  /** What its tasks have measured. */
  facts: z.array(z.strictObject({ name: FactName, seq })),
  /** Output of its tasks: length in bytes, and its digest where the host has said one. */
  outputs: z.array(z.strictObject({ seq, bytes: z.int().min(0), sha256: Digest.optional() })),
});
export type StepEvidence = z.infer<typeof StepEvidence>;

export const ControlEvidence = z.strictObject({
  /** As the runbook writes it: `SOC2-06`, `GDPR Art. 32`. */
  control: z.string().max(60),
  /**
   * `shown`: at least one of its steps was done. `rolledBack`: the same, and then the run went back, so that what the step brought about need
   * not stand any more. `none`: no step of it was done.
   */
  standing: z.enum(["shown", "rolledBack", "none"]),
  steps: z.array(StepEvidence),
});
/** One control with all that shows it. */
export type ControlEvidence = z.infer<typeof ControlEvidence>;

export const EvidenceIndex = z.strictObject({
  /** Another way of gathering is another number: an old file must not become wrong by a new program. */
  version: z.literal(1),
  controls: z.array(ControlEvidence),
});
/** Which control of a runbook is shown by what, and which by nothing; sorted by the name of the control. */
export type EvidenceIndex = z.infer<typeof EvidenceIndex>;

/** Gathers what the log of a run holds for each control that the steps of its runbook name. */
export function evidenceIndex(plan: CompiledRunbook, state: RunState, whole: readonly LoggedEvent[]): EvidenceIndex {
  const log = whatCounts(whole);
  const stepOfTask = new Map<string, StepId>(
    log.flatMap(({ event }) => (event.type === "taskOrdered" ? [[event.taskId, event.stepId] as const] : [])),
  );
  const controls = [...new Set(plan.steps.flatMap(({ source }) => source.controls))].sort();
  const evidenceOf = (step: CompiledStep) =>
    stepEvidence(plan, state, log, step, (id) => stepOfTask.get(id) === step.id);
  return {
    version: 1,
    controls: controls.map((control) => {
      const steps = plan.steps.filter(({ source }) => source.controls.includes(control)).map(evidenceOf);
      return { control, standing: standingOf(steps, state), steps };
    }),
  };
}

/** The log without what the server wrote while a host had already taken the run over from an earlier event. */
function whatCounts(log: readonly LoggedEvent[]): readonly LoggedEvent[] {
  const aside = log.flatMap(({ seq, event }) =>
    event.type === "runTakenOver" ? [{ after: event.from.seq, before: seq }] : [],
  );
  return log.filter(({ seq }) => aside.every(({ after, before }) => seq <= after || seq >= before));
}

function standingOf(steps: readonly StepEvidence[], { rollback }: RunState): ControlEvidence["standing"] {
  if (steps.every(({ stage }) => stage !== "done")) return "none";
  return rollback === undefined ? "shown" : "rolledBack";
}

function stepEvidence(
  plan: CompiledRunbook,
  state: RunState,
  log: readonly LoggedEvent[],
  step: CompiledStep,
  isOwnTask: (taskId: string) => boolean,
): StepEvidence {
  const gateId = decidedAt(plan, step);
  const own = log.filter(({ event }) => isOf(event, step.id, isOwnTask));
  return {
    stepId: step.id,
    stage: stepStageOf(state, step.id),
    events: own.map((one) => one.seq),
    decisions: log.flatMap(({ seq, event }) =>
      event.type === "decisionSigned" && event.gateId === gateId ? [{ seq, gateId }] : [],
    ),
    facts: log.flatMap(({ seq, event }) =>
      event.type !== "factsMeasured"
        ? []
        : event.facts.flatMap(({ name, source }) =>
            source.kind === "task" && isOwnTask(source.taskId) ? [{ name, seq }] : [],
          ),
    ),
    outputs: own.flatMap(({ seq, event }) => {
      if (event.type !== "taskEnded") return [];
      const { outputBytes, outputSha256 } = event.report;
      return [{ seq, bytes: outputBytes, ...(outputSha256 === undefined ? {} : { sha256: outputSha256 }) }];
    }),
  };
}

/** The gate that a step is, or the last one for people that it stands behind. */
function decidedAt(plan: CompiledRunbook, step: CompiledStep): GateId {
  if (step.work.kind === "gate") return step.work.gate.gateId;
  const before = plan.steps.slice(0, plan.steps.indexOf(step));
  const gate = before.findLast(({ work }) => work.kind === "gate" && work.gate.spec.opensBy === "people");
  return gate?.work.kind === "gate" ? gate.work.gate.gateId : GO_GATE;
}

function isOf(event: RunEvent, stepId: StepId, isOwnTask: (taskId: string) => boolean): boolean {
  if ("stepId" in event) return event.stepId === stepId;
  if ("taskId" in event) return isOwnTask(event.taskId);
  return "gateId" in event && String(event.gateId) === stepId;
}
