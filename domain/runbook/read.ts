import { checkActions } from "./check/actions.ts";
import { checkBatches } from "./check/batches.ts";
import { checkBranches } from "./check/branches.ts";
import { checkDuplicates } from "./check/duplicates.ts";
import { checkEffects } from "./check/effects.ts";
import { checkExpressions, checkTemplates } from "./check/expressions.ts";
import { checkOrder } from "./check/order.ts";
import { checkParameters } from "./check/parameters.ts";
import { checkReferences } from "./check/references.ts";
import { gatheringReport } from "./check/report.ts";
import { checkScripts } from "./check/scripts.ts";
import { checkTimes } from "./check/times.ts";
import { expressionLanguage } from "./expression.ts";
import { parseRunbook } from "./parse.ts";
import type { Problem } from "./problem.ts";
import { inTextOrder } from "./problem.ts";
import type { Runbook } from "./schema.ts";
import { templateReader } from "./template.ts";

/** A runbook that can be used, with warnings; or the errors that stand against it. */
export type ReadRunbook =
  | { readonly ok: true; readonly runbook: Runbook; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly errors: readonly Problem[]; readonly warnings: readonly Problem[] };

/** The expression language of a runbook: its facts and parameters declared. */
export function languageOf(runbook: Runbook): ReturnType<typeof expressionLanguage> {
  return expressionLanguage({
    facts: Object.fromEntries(Object.entries(runbook.facts).map(([name, fact]) => [name, fact.type])),
    parameters: Object.fromEntries(
      Object.entries(runbook.parameters).map(([name, parameter]) => [name, parameter.type]),
    ),
  });
}

/** Reads and checks a runbook's text. Every problem has its line and column; nothing is ever thrown. */
export function readRunbook(source: string): ReadRunbook {
  const { runbook, problems, text } = parseRunbook(source);
  const report = gatheringReport((...at) => text.problemAt(...at));
  if (runbook !== undefined) {
    const language = languageOf(runbook);
    const templates = templateReader();
    checkDuplicates(runbook, report);
    checkReferences(runbook, report);
    checkParameters(runbook, report);
    checkActions(runbook, report);
    checkExpressions(runbook, language, report);
    checkTemplates(runbook, templates, report);
    checkEffects(runbook, language, report);
    checkBatches(runbook, report);
    checkBranches(runbook, report);
    checkTimes(runbook, report);
    checkOrder(runbook, language, templates, report);
    checkScripts(runbook, report);
  }
  const all = inTextOrder([...problems, ...report.problems]);
  const errors = all.filter((problem) => problem.severity === "error");
  const warnings = all.filter((problem) => problem.severity === "warning");
  if (runbook === undefined || errors.length > 0) return { ok: false, errors, warnings };
  return { ok: true, runbook, warnings };
}
