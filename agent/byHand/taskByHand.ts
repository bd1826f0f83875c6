import { actionNamed } from "../../domain/action/catalog.ts";
import type { ActionSpec } from "../../domain/action/defineAction.ts";
import type { FactValue } from "../../domain/fact/fact.ts";
import { Failure } from "../../domain/failure.ts";
import { RunId } from "../../domain/ids.ts";
import type { AnyStep } from "../../domain/run/findStep.ts";
import type { CompiledRunbook, CompiledTask, FactTree, Scope } from "../../domain/runbook/compiled.ts";
import type { ExpressionLanguage } from "../../domain/runbook/expression.ts";
import { namesInArguments } from "../../domain/runbook/namesInArguments.ts";
import { nestByDots } from "../../domain/runbook/nestedNames.ts";
import type { Parameters } from "../../domain/runbook/parameters.ts";
import { readTemplate } from "../../domain/runbook/template.ts";
import type { Instant } from "../../domain/time.ts";
import type { ActionRegistry, PlannedCall } from "../actions/action.ts";
import { linesOf } from "./callByHand.ts";
import type { HeldPlaces } from "./heldPlaces.ts";
import { isHeldInPaths, isOnlyPassedOn, variableOf } from "./heldPlaces.ts";

/** What becomes of a task in a script. */
export type ByHand =
  /** `asks`: facts that the script asks for when it is run. */
  | { readonly kind: "written"; readonly calls: readonly PlannedCall[]; readonly asks: readonly string[] }
  /** Its arguments rest on facts, or on what only a run has (`window.starts_at`), that nobody has said. */
  | { readonly kind: "lacks"; readonly names: readonly string[] }
  | { readonly kind: "wrong"; readonly because: string };

/** A task as a person would carry it out. */
export interface TaskByHand {
  readonly step: AnyStep;
  readonly task: CompiledTask;
  readonly spec: ActionSpec;
  readonly byHand: ByHand;
  /** What agent.yaml of this host would refuse of it. A person is not held to that, and is told. */
  readonly refusals: readonly string[];
}

/** What a task's arguments are filled in with, and how they are looked at. */
export interface Writing {
  readonly compiled: CompiledRunbook;
  readonly language: ExpressionLanguage;
  readonly parameters: Parameters;
  readonly facts: Readonly<Record<string, FactValue>>;
  readonly actions: ActionRegistry;
  readonly places: HeldPlaces;
  readonly now: Instant;
  /** Arguments as the agent would have them, with every path real; and what agent.yaml refuses of them. */
  allow(spec: ActionSpec, args: unknown): { readonly args: unknown; readonly refusals: readonly string[] };
}

/** No run: only its number is a word in expressions, and this one is nobody's. */
const NO_RUN = RunId.parse("00000000-0000-4000-8000-000000000000");

/** False where the runbook's own condition says that the step is not carried out with these parameters and facts. */
export function isCarriedOut(step: AnyStep, writing: Writing): boolean {
  if (step.section !== "forward" || step.when === undefined) return true;
  const { verdict } = writing.compiled.expressions.judge(step.id, step.title, step.when, scopeOf(writing, new Map()));
  return verdict !== "fail";
}

/** Works out how a person carries a task out. Looks at nothing but paths of this host, and runs nothing. */
export async function taskByHand(step: AnyStep, task: CompiledTask, writing: Writing): Promise<TaskByHand> {
  const spec = actionNamed(task.action);
  if (spec === undefined) throw new TypeError(`"${task.action}" passed the checks and is no action`);
  const made = await make(task, spec, writing, new Map());
  const whole =
    made.byHand.kind === "lacks" ? ((await withHeldPlaces(task, spec, writing, made.byHand.names)) ?? made) : made;
  return { step, task, spec, ...whole };
}

interface Made {
  readonly byHand: ByHand;
  readonly refusals: readonly string[];
}

/** Fills the arguments in and plans with them. `held`: marks in the place of facts. */
async function make(
  task: CompiledTask,
  spec: ActionSpec,
  writing: Writing,
  held: ReadonlyMap<string, string>,
): Promise<Made> {
  const { filledIn, computed } = namesInArguments(task.with, writing.language, readTemplate);
  const named = [...new Set([...filledIn, ...computed])];
  const ofRun = named.filter((name) => /^(now|run|window)(\.|$)/.test(name));
  const rendered = writing.compiled.expressions.renderArguments(task.with, scopeOf(writing, held));
  const unknown = named.filter((name) => name.startsWith("facts.") && !isKnown(name.slice(6), writing.facts, held));
  const lacking = [...ofRun, ...(rendered.ok ? [] : unknown.map((name) => name.slice(6)))];
  if (lacking.length > 0) return { byHand: { kind: "lacks", names: lacking }, refusals: [] };
  if (!rendered.ok) return wrong(rendered.failure.message);
  const parsed = spec.args.safeParse(rendered.value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return wrong(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not its arguments"}`);
  }
  if (![...held.values()].every((mark) => isHeldInPaths(spec, parsed.data, mark))) return wrong("not a path");
  try {
    const { args, refusals } = held.size === 0 ? writing.allow(spec, parsed.data) : { args: parsed.data, refusals: [] };
    const calls = (await writing.actions.get(spec.name)?.plan(args)) ?? [];
    return { byHand: { kind: "written", calls, asks: [...held.keys()] }, refusals };
  } catch (error) {
    if (error instanceof Failure) return wrong(error.message);
    throw error;
  }
}

const wrong = (because: string): Made => ({ byHand: { kind: "wrong", because }, refusals: [] });

function isKnown(fact: string, given: Readonly<Record<string, FactValue>>, held: ReadonlyMap<string, string>): boolean {
  const isPartOf = (name: string) => fact === name || fact.startsWith(`${name}.`);
  return [...Object.keys(given), ...held.keys()].some(isPartOf);
}

/** What expressions see: parameters, the facts that were said, and marks in the place of others. */
export function scopeOf({ parameters, facts, now }: Writing, held: ReadonlyMap<string, string>): Scope {
  return {
    params: parameters,
    facts: nestByDots<FactValue | FactTree>([...Object.entries(facts), ...held], (level) => level),
    began: new Set(),
    done: new Set(),
    run: { id: NO_RUN, kind: "live" },
    now,
    window: { starts_at: now, ends_at: now },
  };
}

/**
 * The same with the facts that are lacking asked for when the script is run, where that is sound: they are texts, filled in as they are into
 * paths, and nothing is computed of them on the way. Undefined where it is not.
 */
async function withHeldPlaces(
  task: CompiledTask,
  spec: ActionSpec,
  writing: Writing,
  lacking: readonly string[],
): Promise<Made | undefined> {
  const { computed } = namesInArguments(task.with, writing.language, readTemplate);
  const declared = writing.compiled.runbook.facts;
  const isText = (name: string) =>
    Object.entries(declared).some(([fact, { type }]) => fact === name && type === "text");
  const isAlone = (name: string) =>
    Object.keys(declared).filter((fact) => variableOf(fact) === variableOf(name)).length === 1;
  if (!lacking.every((name) => isText(name) && isAlone(name) && !computed.has(`facts.${name}`))) return undefined;
  const marks = new Map(lacking.map((name) => [name, writing.places.markOf(name)]));
  const made = await make(task, spec, writing, marks);
  if (made.byHand.kind !== "written") return undefined;
  if (writing.places.isLeftIn(writing.places.inScript(textOf(made.byHand.calls)))) return undefined;
  for (const [name, mark] of marks) {
    const longer = `${mark}/longer`;
    const again = await make(task, spec, writing, new Map([...marks, [name, longer]]));
    if (again.byHand.kind !== "written") return undefined;
    if (!isOnlyPassedOn(textOf(made.byHand.calls), textOf(again.byHand.calls), mark, longer)) return undefined;
  }
  return made;
}

const textOf = (calls: readonly PlannedCall[]) =>
  calls
    .flatMap(linesOf)
    .map(({ text }) => text)
    .join("\n");
