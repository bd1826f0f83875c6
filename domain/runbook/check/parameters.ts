import { readParameter } from "../readParameters.ts";
import type { Runbook } from "../schema.ts";
import type { Report } from "./report.ts";

/** Declared parameters make sense: choices where there are choices, a default of the declared type, a pattern that is one. */
export function checkParameters(runbook: Runbook, report: Report): void {
  for (const [name, spec] of Object.entries(runbook.parameters)) {
    const path = ["parameters", name];
    if ((spec.type === "choice") !== (spec.choices !== undefined)) {
      report.error("shape", path, `"${name}": choices belong to the type choice, and to no other.`, { isKey: true });
      continue;
    }
    if (spec.default === undefined) continue;
    const read = readParameter(spec, spec.default);
    if (!read.ok) report.error("shape", [...path, "default"], read.message);
  }
}
