import type { Runbook } from "../schema.ts";
import type { Report } from "./report.ts";
import { visitSteps } from "./visit.ts";

/**
 * A gate stands before steps or behind them, so that everybody can say what it holds back. In a branch it would hold back some of what goes
 * on, and hosts, which check the gates before a step by the order of the text, would ask for it in the other branches too.
 */
export function checkBranches(runbook: Runbook, report: Report): void {
  for (const { step, path, branch } of visitSteps(runbook)) {
    if (branch === undefined || !("gate" in step)) continue;
    const where = [...path, "gate"];
    report.error("shape", where, `no gate stands in a branch: put "${step.id}" before "${branch.of}" or behind it.`);
  }
}
