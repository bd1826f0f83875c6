import { actionNamed } from "../action/catalog.ts";
import { digestsOf } from "../decision/digests.ts";
import type { Sha256 } from "../digest.ts";
import { FactName } from "../fact/fact.ts";
import type { StepId } from "../ids.ts";
import { GateId } from "../ids.ts";
import type { DurationMs } from "../time.ts";
import { parseDuration } from "../time.ts";
import type {
  BranchOfStep,
  CompiledGate,
  CompiledMeasure,
  CompiledRetry,
  CompiledRollbackStep,
  CompiledRunbook,
  CompiledStep,
  CompiledTask,
  StepWork,
} from "./compiled.ts";
import { evaluatorOf } from "./evaluator.ts";
import type { Problem } from "./problem.ts";
import { languageOf, readRunbook } from "./read.ts";
import type { GateSpec, PhaseEntry, RollbackStep, Runbook, Step, TaskSpec } from "./schema.ts";

/** A plan that can be carried out, or the errors against the text. */
export type Compilation =
  | { readonly ok: true; readonly compiled: CompiledRunbook; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A probe is carried out no more often than this, and no more seldom. */
const SHORTEST_MS = 200;
const LONGEST_MS = 3_600_000;

/** A checked text holds no other durations than readable ones. */
function durationMs(text: string): DurationMs {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new TypeError(`"${text}" passed the checks and is no duration`);
  return parsed;
}

function compileTask(task: TaskSpec, freshFor: ReadonlyMap<string, DurationMs>): CompiledTask {
  const action = actionNamed(task.action);
  if (action === undefined) throw new TypeError(`"${task.action}" passed the checks and is no action`);
  const facts = Object.entries(task.facts ?? {}).map(([name, expr]) => {
    const freshForMs = freshFor.get(name);
    return { name: FactName.parse(name), expr, ...(freshForMs === undefined ? {} : { freshForMs }) };
  });
  return {
    action: task.action,
    class: action.class,
    host: task.host,
    with: task.with,
    facts,
    ...(task.within === undefined ? {} : { withinMs: durationMs(task.within) }),
  };
}

function stepsOfPhases({ phases }: Runbook, wanted: readonly string[]): readonly StepId[] {
  const named = phases.filter(({ id }) => wanted.includes(id));
  return named.flatMap(({ steps }) => steps.flatMap(stepsOfEntry).map(({ step }) => step.id));
}

function compileGate(gateId: GateId, spec: GateSpec): CompiledGate {
  return { gateId, spec, ...(spec.expires === undefined ? {} : { expiresMs: durationMs(spec.expires) }) };
}

function compileRetry(retry: Step["retry"]): { retry?: CompiledRetry } {
  if (retry === undefined) return {};
  return { retry: { times: retry.times, pauseMs: durationMs(retry.pause), factor: retry.factor } };
}

function workOfStep(step: Step, freshFor: ReadonlyMap<string, DurationMs>): StepWork {
  if ("task" in step) return { kind: "task", task: compileTask(step.task, freshFor) };
  if ("manual" in step) return { kind: "manual", manual: step.manual };
  if ("gate" in step) return { kind: "gate", gate: compileGate(GateId.parse(step.id), step.gate) };
  if ("announce" in step) return { kind: "announce", announcementId: step.announce.announcement };
  return { kind: "wait", wait: step.wait };
}

function compileSteps(runbook: Runbook, freshFor: ReadonlyMap<string, DurationMs>): CompiledStep[] {
  let index = 0;
  return runbook.phases.flatMap((phase) =>
    phase.steps.flatMap(stepsOfEntry).map(({ step, branch }): CompiledStep => {
      if (!("gate" in step)) index += 1;
      return {
        section: "forward",
        id: step.id,
        title: step.title,
        lasts: step.lasts,
        phase: { id: phase.id, title: phase.title },
        work: workOfStep(step, freshFor),
        needs: step.needs,
        verify: step.verify,
        onFailure: step.onFailure,
        skippable: step.skippable,
        source: step,
        ...("gate" in step ? {} : { index }),
        ...(step.when === undefined ? {} : { when: step.when }),
        ...(branch === undefined ? {} : { branch }),
        ...compileRetry(step.retry),
        ...compileAfterReboot(step),
      };
    }),
  );
}

function stepsOfEntry(entry: PhaseEntry): readonly { readonly step: Step; readonly branch?: BranchOfStep }[] {
  if (!("parallel" in entry)) return [{ step: entry }];
  return entry.parallel.flatMap(({ title, onFailure, steps }, index) => {
    const branch = { of: entry.id, ofTitle: entry.title, number: index + 1, title, onFailure };
    return steps.map((step) => ({ step, branch }));
  });
}

function compileAfterReboot(step: Step | RollbackStep): Pick<CompiledStep, "afterReboot"> {
  if (!("afterReboot" in step) || step.afterReboot === undefined) return {};
  return { afterReboot: step.afterReboot === "again" ? {} : step.afterReboot };
}

function workOfRollback(step: RollbackStep, freshFor: ReadonlyMap<string, DurationMs>): StepWork {
  if (step.task !== undefined) return { kind: "task", task: compileTask(step.task, freshFor) };
  if (step.manual !== undefined) return { kind: "manual", manual: step.manual };
  if (step.announce !== undefined) return { kind: "announce", announcementId: step.announce.announcement };
  throw new TypeError(`the rollback step "${step.id}" passed the checks and does nothing`);
}

function compileRollback(runbook: Runbook, freshFor: ReadonlyMap<string, DurationMs>): CompiledRollbackStep[] {
  return runbook.rollback.steps.map((step, index) => ({
    section: "rollback",
    id: step.id,
    index: index + 1,
    title: step.title,
    lasts: step.lasts,
    when: step.when,
    work: workOfRollback(step, freshFor),
    verify: step.verify,
    onFailure: step.onFailure,
    source: step,
    ...compileRetry(step.retry),
    ...compileAfterReboot(step),
  }));
}

function compileMeasures(runbook: Runbook, freshFor: ReadonlyMap<string, DurationMs>): CompiledMeasure[] {
  return runbook.checklist.flatMap((group) =>
    group.items.flatMap((item): CompiledMeasure[] => {
      if (item.measure === undefined) return [];
      return [
        {
          section: "checklist",
          id: item.id,
          title: item.title,
          task: compileTask(item.measure, freshFor),
          source: item,
        },
      ];
    }),
  );
}

/**
 * Makes the plan of a runbook's text: reads and checks it, puts its steps in order, reads its durations, looks its actions up. Server and
 * agents both call this on the same text, so that each knows for itself what a decision allows. Never throws for any text.
 */
export function compileRunbook(text: string, sha256: Sha256): Compilation {
  const read = readRunbook(text);
  if (!read.ok) return { ok: false, problems: [...read.errors, ...read.warnings] };
  const { runbook, warnings } = read;
  const freshFor = new Map<string, DurationMs>();
  for (const [name, fact] of Object.entries(runbook.facts)) {
    if (fact.freshFor !== undefined) freshFor.set(name, durationMs(fact.freshFor));
  }
  const steps = compileSteps(runbook, freshFor);
  const compiled: CompiledRunbook = {
    text,
    digests: digestsOf(text, runbook, sha256),
    runbook,
    steps,
    rollbackSteps: compileRollback(runbook, freshFor),
    measures: compileMeasures(runbook, freshFor),
    gates: [
      compileGate(GateId.parse("go"), runbook.approval),
      ...steps.flatMap((step) => (step.work.kind === "gate" ? [step.work.gate] : [])),
    ],
    triggers: runbook.triggers.map((source) => ({
      id: source.id,
      forMs: source.for === undefined ? 0 : durationMs(source.for),
      ...(source.armed.during === undefined ? {} : { during: stepsOfPhases(runbook, source.armed.during) }),
      source,
    })),
    probes: Object.fromEntries(
      Object.entries(runbook.probes).map(([id, probe]) => [
        id,
        {
          ...{ ...probe, everyMs: Math.min(Math.max(durationMs(probe.every), SHORTEST_MS), LONGEST_MS) },
          ...(probe.over === undefined ? {} : { overMs: durationMs(probe.over) }),
        },
      ]),
    ),
    freshForMs: Object.fromEntries(freshFor),
    objective: {
      rollbackWithinMs: durationMs(runbook.objective.rollbackWithin),
      safetyMarginMs: durationMs(runbook.objective.safetyMargin),
    },
    expressions: evaluatorOf(languageOf(runbook)),
  };
  return { ok: true, compiled, warnings };
}
