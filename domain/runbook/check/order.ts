import { actionNamed } from "../../action/catalog.ts";
import type { ExpressionLanguage } from "../expression.ts";
import type { DocumentPath } from "../problem.ts";
import type { Runbook, TaskSpec } from "../schema.ts";
import type { TemplateReader } from "../template.ts";
import type { Report } from "./report.ts";
import { visitArgument, visitSteps, visitTasks } from "./visit.ts";

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

/** A fact stands in an argument only after something measured it. */
function checkFactOrder(runbook: Runbook, language: ExpressionLanguage, read: TemplateReader, report: Report): void {
  const firstAt = new Map<string, number>();
  const measured = (fact: string, position: number): void => {
    firstAt.set(fact, Math.min(position, firstAt.get(fact) ?? Number.POSITIVE_INFINITY));
  };
  for (const group of runbook.checklist) {
    for (const item of group.items) if (item.confirm !== undefined) measured(item.confirm.fact, -1);
  }
  for (const { task, kind, position } of visitTasks(runbook)) {
    const after = kind === "measure" ? -1 : (position ?? Number.POSITIVE_INFINITY);
    for (const fact of Object.keys(task.facts ?? {})) measured(fact, after);
  }
  for (const probe of Object.values(runbook.probes)) {
    // A probe may measure at any time, so no step may count on it: it comes after all of them.
    if (probe.fact !== undefined) measured(probe.fact, Number.MAX_SAFE_INTEGER);
  }
  const factsOf = (text: string, isExpression: boolean): string[] => {
    const template = isExpression ? undefined : read(text);
    const names = isExpression ? language.namesIn(text) : template?.ok === true ? template.names : [];
    return names.filter((name) => name.startsWith("facts.")).map((name) => name.slice("facts.".length));
  };
  for (const { path, task, kind, position } of visitTasks(runbook)) {
    if (kind !== "step" || position === undefined) continue;
    for (const [key, argument] of Object.entries(task.with)) {
      for (const found of visitArgument(argument, [...path, "with", key])) {
        for (const name of factsOf(found.text, found.isExpression)) {
          const fact = Object.keys(runbook.facts).find(
            (declared) => name === declared || name.startsWith(`${declared}.`),
          );
          if (fact !== undefined && (firstAt.get(fact) ?? Number.POSITIVE_INFINITY) >= position) {
            report.error("reference", found.path, `nothing measures the fact "${fact}" before this step.`);
          }
        }
      }
    }
  }
  for (const fact of Object.keys(runbook.facts)) {
    if (!firstAt.has(fact))
      report.warning("reference", ["facts", fact], `nothing measures the fact "${fact}".`, { isKey: true });
  }
}

/** A probe that needs the database is paused while a step has it stopped. */
function checkDatabaseProbes(runbook: Runbook, report: Report): void {
  const steps = visitSteps(runbook);
  const positionOf = (id: string | undefined): number | undefined => steps.find(({ step }) => step.id === id)?.position;
  const stops = steps.filter(({ step }) => "task" in step && actionNamed(step.task.action)?.stopsDatabase === true);
  for (const [name, probe] of Object.entries(runbook.probes)) {
    const path: DocumentPath = ["probes", name];
    const from = positionOf(probe.pausedFrom);
    const until = positionOf(probe.pausedUntil);
    if ((probe.pausedFrom === undefined) !== (probe.pausedUntil === undefined)) {
      report.error("probe", path, `"${name}" needs both pausedFrom and pausedUntil, or neither.`, { isKey: true });
    } else if (from !== undefined && until !== undefined && until < from) {
      report.error("probe", [...path, "pausedUntil"], `"${probe.pausedUntil}" comes before "${probe.pausedFrom}".`);
    }
    if (actionNamed(probe.action)?.needsDatabase !== true) continue;
    for (const { step, position } of stops) {
      if (from !== undefined && until !== undefined && from <= position && position < until) continue;
      report.error(
        "probe",
        path,
        `"${name}" asks the database while "${step.id}" has it stopped: pause it from there until the step that starts it again.`,
        { isKey: true },
      );
    }
  }
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
