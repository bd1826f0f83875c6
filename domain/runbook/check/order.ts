import { actionNamed } from "../../action/catalog.ts";
import type { ExpressionLanguage } from "../expression.ts";
import type { DocumentPath } from "../problem.ts";
import type { Runbook, TaskSpec } from "../schema.ts";
import type { TemplateReader } from "../template.ts";
import type { Report } from "./report.ts";
import type { VisitedStep } from "./visit.ts";
import { isOverBefore, visitArgument, visitSteps, visitTasks } from "./visit.ts";

function cycleFrom(start: string, needs: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const trail: string[] = [];
  const finished = new Set<string>();
  const walk = (id: string): string[] | undefined => {
    if (trail.includes(id)) return [...trail.slice(trail.indexOf(id)), id];
    if (finished.has(id)) return undefined;
    trail.push(id);
    for (const next of needs.get(id) ?? []) {
      const cycle = walk(next);
      if (cycle !== undefined) return cycle;
    }
    trail.pop();
    finished.add(id);
    return undefined;
  };
  return walk(start);
}

/** Steps need only what comes before them. */
function checkNeeds(runbook: Runbook, report: Report): void {
  const steps = visitSteps(runbook);
  const needs = new Map(steps.map(({ step }) => [String(step.id), step.needs.map(String)]));
  const positions = new Map(steps.map(({ step, position }) => [String(step.id), position]));
  const told = new Set<string>();
  for (const { path, step, position } of steps) {
    const cycle = cycleFrom(step.id, needs);
    if (cycle !== undefined) {
      const key = [...new Set(cycle)].sort().join();
      if (!told.has(key)) report.error("cycle", [...path, "needs"], `these need each other: ${cycle.join(", ")}.`);
      told.add(key);
      continue;
    }
    step.needs.forEach((need, index) => {
      if ((positions.get(need) ?? -1) >= position) {
        report.error(
          "cycle",
          [...path, "needs", index],
          `"${need}" comes later: steps are carried out in the order of the text.`,
        );
      }
    });
  }
}

/** What measures a fact: the preparation, a step, or something that no step can count on. */
type Measurer = "preparation" | "someday" | VisitedStep;

function factsMeasuredBy(runbook: Runbook, steps: readonly VisitedStep[]): ReadonlyMap<string, readonly Measurer[]> {
  const found = new Map<string, Measurer[]>();
  const add = (fact: string, by: Measurer): void => void found.set(fact, [...(found.get(fact) ?? []), by]);
  for (const group of runbook.checklist) {
    for (const item of group.items) if (item.confirm !== undefined) add(item.confirm.fact, "preparation");
  }
  for (const { task, kind, position } of visitTasks(runbook)) {
    const step = position === undefined ? undefined : steps[position];
    const by = kind === "measure" ? "preparation" : (step ?? "someday");
    for (const fact of Object.keys(task.facts ?? {})) add(fact, by);
  }
  // A probe may measure at any time.
  for (const probe of Object.values(runbook.probes)) if (probe.fact !== undefined) add(probe.fact, "someday");
  return found;
}

/** Whether a step can count on another's having been carried out. Beside it, only where it says that it needs it. */
function isSureOf(step: VisitedStep, earlier: VisitedStep): boolean {
  return isOverBefore(earlier, step) || step.step.needs.includes(earlier.step.id);
}

/** A fact stands in an argument only after something measured it. */
function checkFactOrder(runbook: Runbook, language: ExpressionLanguage, read: TemplateReader, report: Report): void {
  const steps = visitSteps(runbook);
  const measuredBy = factsMeasuredBy(runbook, steps);
  const isMeasuredBefore = (fact: string, step: VisitedStep): boolean =>
    (measuredBy.get(fact) ?? []).some((by) => by === "preparation" || (typeof by === "object" && isSureOf(step, by)));
  const factsOf = (text: string, isExpression: boolean): string[] => {
    const template = isExpression ? undefined : read(text);
    const names = isExpression ? language.namesIn(text) : template?.ok === true ? template.names : [];
    return names.filter((name) => name.startsWith("facts.")).map((name) => name.slice("facts.".length));
  };
  for (const { path, task, kind, position } of visitTasks(runbook)) {
    const step = kind === "step" && position !== undefined ? steps[position] : undefined;
    if (step === undefined) continue;
    for (const [key, argument] of Object.entries(task.with)) {
      for (const found of visitArgument(argument, [...path, "with", key])) {
        for (const name of factsOf(found.text, found.isExpression)) {
          const fact = Object.keys(runbook.facts).find(
            (declared) => name === declared || name.startsWith(`${declared}.`),
          );
          if (fact !== undefined && !isMeasuredBefore(fact, step)) {
            report.error("reference", found.path, `nothing measures the fact "${fact}" before this step.`);
          }
        }
      }
    }
  }
  for (const fact of Object.keys(runbook.facts)) {
    if (!measuredBy.has(fact))
      report.warning("reference", ["facts", fact], `nothing measures the fact "${fact}".`, { isKey: true });
  }
}

/** A probe that needs the database is paused while a step has it stopped. */
function checkDatabaseProbes(runbook: Runbook, report: Report): void {
  const steps = visitSteps(runbook);
  const stops = steps.filter(({ step }) => "task" in step && actionNamed(step.task.action)?.stopsDatabase === true);
  for (const [name, probe] of Object.entries(runbook.probes)) {
    const path: DocumentPath = ["probes", name];
    const from = steps.find(({ step }) => step.id === probe.pausedFrom);
    const until = steps.find(({ step }) => step.id === probe.pausedUntil);
    if ((probe.pausedFrom === undefined) !== (probe.pausedUntil === undefined)) {
      report.error("probe", path, `"${name}" needs both pausedFrom and pausedUntil, or neither.`, { isKey: true });
    } else if (from !== undefined && until !== undefined && until.position < from.position) {
      report.error("probe", [...path, "pausedUntil"], `"${probe.pausedUntil}" comes before "${probe.pausedFrom}".`);
    }
    if (actionNamed(probe.action)?.needsDatabase !== true) continue;
    for (const stop of stops) {
      const { step } = stop;
      if (from !== undefined && until !== undefined && isWithin(stop, from, until)) continue;
      report.error(
        "probe",
        path,
        `"${name}" asks the database while "${step.id}" has it stopped: pause it from there until the step that starts it again.`,
        { isKey: true },
      );
    }
  }
}

/** Whether a step is carried out between the beginning of one and that of another, whatever branches do beside each other. */
function isWithin(step: VisitedStep, from: VisitedStep, until: VisitedStep): boolean {
  return (from === step || isOverBefore(from, step)) && isOverBefore(step, until);
}

/** Triggers are armed from an earlier step to a later one. */
function checkArming(runbook: Runbook, report: Report): void {
  const order = visitSteps(runbook).map(({ step }) => String(step.id));
  runbook.triggers.forEach(({ armed }, index) => {
    if (armed.after === undefined || armed.before === undefined) return;
    if (order.includes(armed.before) && order.indexOf(armed.before) <= order.indexOf(armed.after)) {
      report.error(
        "reference",
        ["triggers", index, "armed", "before"],
        `"${armed.before}" does not come after "${armed.after}".`,
      );
    }
  });
}

/** What a reboot takes away is needed until a later step; and nothing is destroyed twice by itself. */
function checkAfterReboot(runbook: Runbook, report: Report): void {
  const steps = visitSteps(runbook);
  const positions = new Map(steps.map(({ step, position }) => [String(step.id), position]));
  for (const { path, step, position } of steps) {
    if (!("task" in step) || step.afterReboot === undefined) continue;
    checkRepeated(step.task, path, report);
    if (step.afterReboot === "again") continue;
    const { againUntil } = step.afterReboot;
    const until = positions.get(againUntil);
    if (until === undefined || until > position) continue;
    report.error("reference", [...path, "afterReboot", "againUntil"], `"${againUntil}" does not come after this step.`);
  }
  runbook.rollback.steps.forEach((step, index) => {
    if (step.afterReboot !== undefined) checkRepeated(step.task, ["rollback", "steps", index], report);
  });
}

function checkRepeated(task: TaskSpec | undefined, path: DocumentPath, report: Report): void {
  const where = [...path, "afterReboot"];
  if (task === undefined) report.error("shape", where, "only a task is carried out again.");
  else if (actionNamed(task.action)?.class === "destroy") {
    report.error("effect", where, `${task.action} destroys, so it is never carried out again by itself.`);
  }
}

/** Everything that depends on the order of steps. */
export function checkOrder(runbook: Runbook, language: ExpressionLanguage, read: TemplateReader, report: Report): void {
  checkNeeds(runbook, report);
  checkFactOrder(runbook, language, read, report);
  checkDatabaseProbes(runbook, report);
  checkArming(runbook, report);
  checkAfterReboot(runbook, report);
}
