import type { ExpressionLanguage } from "../expression.ts";
import { didYouMean } from "../nearestWord.ts";
import type { Runbook } from "../schema.ts";
import type { TemplateReader } from "../template.ts";
import type { Report } from "./report.ts";
import { visitExpressions, visitSteps, visitTemplates } from "./visit.ts";

/** Types of the expression language that have a plain value. */
const PLAIN = /^(int|uint|double|string|bool|dyn|list.*|map.*|google\.protobuf\..*)$/;

/** Every expression type-checks against what is declared where it stands, and names steps that exist. */
export function checkExpressions(runbook: Runbook, language: ExpressionLanguage, report: Report): void {
  const steps = visitSteps(runbook).map(({ step }) => String(step.id));
  for (const { path, expr, place, wants } of visitExpressions(runbook)) {
    const verdict = language.check(expr, place);
    if (!verdict.ok) {
      const name = /^No such key: (\w+)$/.exec(verdict.message)?.[1];
      const known = name === undefined ? [] : Object.keys(runbook.facts).flatMap((fact) => fact.split("."));
      const hint = name === undefined ? "" : didYouMean(name, known);
      report.error("expression", path, `${verdict.message}.${hint}`, { offset: verdict.offset });
      continue;
    }
    if (wants !== undefined && verdict.type !== wants && verdict.type !== "dyn") {
      const needed = wants === "bool" ? "true or false" : "a whole number of milliseconds";
      report.error("expression", path, `this must give ${needed}, not ${verdict.type}.`);
    }
    if (wants === undefined && !PLAIN.test(verdict.type)) {
      report.error("expression", path, `this gives ${verdict.type}, which has no plain value.`);
    }
    for (const { step, offset } of language.stepsIn(expr)) {
      if (!steps.includes(step)) {
        report.error("reference", path, `there is no step "${step}".${didYouMean(step, steps)}`, { offset });
      }
    }
  }
}

/** What announcements may name beside facts and parameters: filled in from the window, the run and the step that is on. */
export const ANNOUNCEMENT_NAMES = [
  "window.service",
  "window.starts_at",
  "window.ends_at",
  "window.zone",
  "window.title",
  "run.started_at",
  "run.ended_at",
  "run.duration_ms",
  "run.downtime_ms",
  "run.expected_end_at",
  "run.kind",
  "run.loses_nothing",
  "step.title",
  "step.number",
  "step.count",
  "step.for_users",
  "note.issue",
  "note.lost",
  "note.next_date",
] as const;
const ARGUMENT_NAMES = ["run.id", "run.kind", "window.starts_at", "window.ends_at"] as const;

/** Every template can be read and names only what will be there. */
export function checkTemplates(runbook: Runbook, read: TemplateReader, report: Report): void {
  const facts = Object.keys(runbook.facts);
  const parameters = Object.keys(runbook.parameters).map((name) => `params.${name}`);
  for (const { path, text, isAnnouncement } of visitTemplates(runbook)) {
    const verdict = read(text);
    if (!verdict.ok) {
      report.error("template", path, `${verdict.message}.`, { offset: verdict.offset });
      continue;
    }
    const others: readonly string[] = isAnnouncement ? ANNOUNCEMENT_NAMES : ARGUMENT_NAMES;
    for (const name of verdict.names) {
      const isFact = facts.some((fact) => name === `facts.${fact}` || name.startsWith(`facts.${fact}.`));
      if (isFact || parameters.includes(name) || others.includes(name)) continue;
      const known = [...facts.map((fact) => `facts.${fact}`), ...parameters, ...others];
      report.error("template", path, `"${name}" is not declared.${didYouMean(name, known)}`, {
        offset: Math.max(0, text.indexOf(name)),
      });
    }
  }
}
