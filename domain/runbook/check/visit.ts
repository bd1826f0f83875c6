import type { Place } from "../expressionScope.ts";
import type { DocumentPath } from "../problem.ts";
import type { Argument, Criterion, ManualSpec, PhaseEntry, Runbook, Step, TaskSpec } from "../schema.ts";

/** A task with its place in the document. `position`: its number in the order of carrying out; undefined outside of that order. */
export interface VisitedTask {
  readonly path: DocumentPath;
  readonly kind: "measure" | "step" | "rollback" | "probe";
  readonly ownerId: string;
  readonly ownerPath: DocumentPath;
  readonly task: Pick<TaskSpec, "action" | "host" | "with" | "facts">;
  readonly position?: number;
}

/** A forward step with its place in the document and its number in the order of carrying out. */
export interface VisitedStep {
  readonly path: DocumentPath;
  readonly step: Step;
  readonly position: number;
  /** Where it stands beside others: what branches, and which branch, from 0. */
  readonly branch?: { readonly of: string; readonly number: number };
}

/** An expression with its place in the document and in the run. `wants`: the type it must have; undefined: any plain one. */
export interface VisitedExpression {
  readonly path: DocumentPath;
  readonly expr: string;
  readonly place: Place;
  readonly wants?: "bool" | "int";
}

/** A text that may hold templates. `isAnnouncement`: it may name more than arguments may. */
export interface VisitedTemplate {
  readonly path: DocumentPath;
  readonly text: string;
  readonly isAnnouncement: boolean;
}

/** The forward steps of all phases in order. */
export function visitSteps(runbook: Runbook): VisitedStep[] {
  const steps = runbook.phases.flatMap((phase, p) =>
    phase.steps.flatMap((entry, s) => visitEntry(entry, ["phases", p, "steps", s])),
  );
  return steps.map((visited, position) => ({ ...visited, position }));
}

function visitEntry(entry: PhaseEntry, path: DocumentPath): readonly Omit<VisitedStep, "position">[] {
  if (!("parallel" in entry)) return [{ path, step: entry }];
  return entry.parallel.flatMap(({ steps }, number) =>
    steps.map((step, index) => ({
      path: [...path, "parallel", number, "steps", index],
      step,
      branch: { of: entry.id, number },
    })),
  );
}

/** Whether one step is over for certain before the other begins: earlier in the text, and not beside it. */
export function isOverBefore(earlier: VisitedStep, later: VisitedStep): boolean {
  return earlier.position < later.position && !isBeside(earlier, later);
}

/** Whether two steps stand in different branches of the same. */
export function isBeside(one: VisitedStep, other: VisitedStep): boolean {
  return one.branch !== undefined && one.branch.of === other.branch?.of && one.branch.number !== other.branch.number;
}

/** Every order to an agent that the document holds: measurements, steps, rollback steps, probes. */
export function visitTasks(runbook: Runbook): VisitedTask[] {
  const measures = runbook.checklist.flatMap((group, g) =>
    group.items.flatMap((item, i): VisitedTask[] => {
      const ownerPath = ["checklist", g, "items", i];
      if (item.measure === undefined) return [];
      return [{ path: [...ownerPath, "measure"], kind: "measure", ownerId: item.id, ownerPath, task: item.measure }];
    }),
  );
  const steps = visitSteps(runbook).flatMap(({ path, step, position }): VisitedTask[] =>
    "task" in step
      ? [{ path: [...path, "task"], kind: "step", ownerId: step.id, ownerPath: path, task: step.task, position }]
      : [],
  );
  const rollback = runbook.rollback.steps.flatMap((step, index): VisitedTask[] => {
    const ownerPath = ["rollback", "steps", index];
    if (step.task === undefined) return [];
    return [{ path: [...ownerPath, "task"], kind: "rollback", ownerId: step.id, ownerPath, task: step.task }];
  });
  const probes = Object.entries(runbook.probes).map(
    ([id, probe]): VisitedTask => ({
      path: ["probes", id],
      kind: "probe",
      ownerId: id,
      ownerPath: ["probes", id],
      task: { action: probe.action, host: probe.host, with: probe.with },
    }),
  );
  return [...measures, ...steps, ...rollback, ...probes];
}

/** Every text inside an argument, nested ones too, with what kind it is. */
export function visitArgument(
  argument: Argument,
  path: DocumentPath,
): { readonly path: DocumentPath; readonly text: string; readonly isExpression: boolean }[] {
  if (typeof argument === "string") return [{ path, text: argument, isExpression: false }];
  if (typeof argument !== "object") return [];
  if (Array.isArray(argument))
    return argument.flatMap((item: Argument, index) => visitArgument(item, [...path, index]));
  const entries = Object.entries<Argument>(argument);
  const only = entries[0];
  if (entries.length === 1 && only?.[0] === "expr" && typeof only[1] === "string") {
    return [{ path: [...path, "expr"], text: only[1], isExpression: true }];
  }
  return entries.flatMap(([key, item]) => visitArgument(item, [...path, key]));
}

const isBool = (path: DocumentPath, expr: string | undefined, place: Place): VisitedExpression[] =>
  expr === undefined ? [] : [{ path, expr, place, wants: "bool" }];
const isAny = (path: DocumentPath, expr: string | undefined, place: Place): VisitedExpression[] =>
  expr === undefined ? [] : [{ path, expr, place }];
const isMoment = (path: DocumentPath, expr: string | undefined, place: Place): VisitedExpression[] =>
  expr === undefined ? [] : [{ path, expr, place, wants: "int" }];

function manualExpressions(manual: ManualSpec, path: DocumentPath): VisitedExpression[] {
  return Object.entries(manual.fields).flatMap(([name, field]) =>
    isBool([...path, "fields", name, "expect"], field.expect, { valueType: field.type }),
  );
}

/** What `fields` may be named in a manual step's verify. */
function fieldTypes(manual: ManualSpec): NonNullable<Place["fields"]> {
  return Object.fromEntries(Object.entries(manual.fields).map(([name, field]) => [name, field.type]));
}

function criteriaExpressions(criteria: readonly Criterion[], path: DocumentPath): VisitedExpression[] {
  return criteria.flatMap((criterion, index) => isBool([...path, index, "expr"], criterion.expr, {}));
}

function stepExpressions({ path, step }: VisitedStep): VisitedExpression[] {
  const place: Place =
    "task" in step ? { action: step.task.action } : "manual" in step ? { fields: fieldTypes(step.manual) } : {};
  const verify = step.verify.flatMap((item, index) => isBool([...path, "verify", index, "expr"], item.expr, place));
  const own = [...isBool([...path, "when"], step.when, {}), ...verify];
  if ("manual" in step) own.push(...manualExpressions(step.manual, [...path, "manual"]));
  if ("gate" in step) own.push(...criteriaExpressions(step.gate.criteria, [...path, "gate", "criteria"]));
  if ("wait" in step) {
    if ("until" in step.wait) own.push(...isBool([...path, "wait", "until"], step.wait.until, {}));
    else if (typeof step.wait.for === "object" && "expr" in step.wait.for) {
      own.push({ path: [...path, "wait", "for", "expr"], expr: step.wait.for.expr, place: {}, wants: "int" });
    }
  }
  return own;
}

/** Every expression of the document with what it may name there and what type it must have. */
export function visitExpressions(runbook: Runbook): VisitedExpression[] {
  const items = runbook.checklist.flatMap((group, g) =>
    group.items.flatMap((item, i) => {
      const path = ["checklist", g, "items", i];
      const place: Place = item.confirm === undefined ? {} : { valueType: item.confirm.type };
      return [...isBool([...path, "expect"], item.expect, place), ...isAny([...path, "shows"], item.shows, place)];
    }),
  );
  const tasks = visitTasks(runbook).flatMap(({ path, task }) => [
    ...Object.entries(task.facts ?? {}).flatMap(([name, expr]) =>
      isAny([...path, "facts", name], expr, { action: task.action }),
    ),
    ...Object.entries(task.with).flatMap(([key, argument]) =>
      visitArgument(argument, [...path, "with", key])
        .filter((found) => found.isExpression)
        .flatMap((found) => isAny(found.path, found.text, {})),
    ),
  ]);
  const triggers = runbook.triggers.flatMap((trigger, index) => {
    const probe = trigger.probe === undefined ? undefined : runbook.probes[trigger.probe];
    const place: Place = trigger.probe === undefined ? {} : { probe: probe?.over === undefined ? "newest" : "over" };
    const path = ["triggers", index];
    return [...isBool([...path, "expr"], trigger.expr, place), ...isAny([...path, "shows"], trigger.shows, place)];
  });
  const rollback = runbook.rollback.steps.flatMap((step, index) => {
    const path = ["rollback", "steps", index];
    const place: Place =
      step.task !== undefined
        ? { action: step.task.action }
        : step.manual !== undefined
          ? { fields: fieldTypes(step.manual) }
          : {};
    return [
      ...isBool([...path, "when"], step.when, {}),
      ...step.verify.flatMap((item, v) => isBool([...path, "verify", v, "expr"], item.expr, place)),
      ...(step.manual === undefined ? [] : manualExpressions(step.manual, [...path, "manual"])),
    ];
  });
  return [
    ...items,
    ...tasks,
    ...criteriaExpressions(runbook.criteria.go, ["criteria", "go"]),
    ...criteriaExpressions(runbook.criteria.nogo, ["criteria", "nogo"]),
    ...criteriaExpressions(runbook.approval.criteria, ["approval", "criteria"]),
    ...visitSteps(runbook).flatMap(stepExpressions),
    ...triggers,
    ...rollback,
    ...isAny(["rollback", "loses", "expr"], runbook.rollback.loses?.expr, {}),
    ...isMoment(["rollback", "loses", "newest"], runbook.rollback.loses?.newest, {}),
  ];
}

/** Every text that may hold templates: arguments of tasks, subjects and bodies of announcements. */
export function visitTemplates(runbook: Runbook): VisitedTemplate[] {
  const args = visitTasks(runbook).flatMap(({ path, task }) =>
    Object.entries(task.with).flatMap(([key, argument]) =>
      visitArgument(argument, [...path, "with", key])
        .filter((found) => !found.isExpression)
        .map((found) => ({ path: found.path, text: found.text, isAnnouncement: false })),
    ),
  );
  const announcements = runbook.announcements.flatMap((announcement, index) => [
    { path: ["announcements", index, "subject"], text: announcement.subject, isAnnouncement: true },
    { path: ["announcements", index, "body"], text: announcement.body, isAnnouncement: true },
  ]);
  return [...args, ...announcements];
}
