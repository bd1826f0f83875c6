import { parseDuration } from "../../time.ts";
import type { Runbook } from "../schema.ts";
import type { Report } from "./report.ts";
import { visitSteps } from "./visit.ts";

/** An hour of one a second: more is not remembered (trigger/probeCourse.ts). */
const MOST_READINGS = 3_600;

/** Durations that don't go together: a wait that can't end well, a look back that sees nothing or more than is remembered. */
export function checkTimes(runbook: Runbook, report: Report): void {
  for (const { path, step } of visitSteps(runbook)) {
    if (!("wait" in step) || !("until" in step.wait) || step.wait.heldFor === undefined) continue;
    const { heldFor, atMost } = step.wait;
    if (ms(heldFor) < ms(atMost)) continue;
    const message = `"${step.id}" waits ${atMost} at most and can't see anything hold for ${heldFor}: give it longer.`;
    report.error("expression", [...path, "wait", "heldFor"], message);
  }
  for (const [name, { every, over }] of Object.entries(runbook.probes)) {
    if (over === undefined) continue;
    const path = ["probes", name, "over"];
    if (ms(over) <= ms(every)) {
      report.error("probe", path, `"${name}" looks back ${over} and reads every ${every}: it would see one reading.`);
    } else if (ms(over) > MOST_READINGS * ms(every)) {
      report.error("probe", path, `"${name}" looks back over more than ${MOST_READINGS} readings: read less often.`);
    }
  }
}

/** A text that is no duration is told elsewhere. */
const ms = (text: string): number => parseDuration(text) ?? Number.NaN;
