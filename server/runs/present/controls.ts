import { evidenceIndex } from "../../../domain/chain/evidenceIndex.ts";
import { standingText, stepEvidenceText } from "../../../domain/chain/evidenceText.ts";
import type { ReportView } from "../../../protocol/http/runs.ts";
import type { Subject } from "./subject.ts";

/** Each control of the runbook with what shows it, in words. */
export function presentControls({ plan, state, events }: Subject): ReportView["controls"] {
  const titles = new Map(plan.steps.map(({ id, title }) => [id, title]));
  return evidenceIndex(plan, state, events).controls.map((evidence) => ({
    control: evidence.control,
    standing: evidence.standing,
    text: standingText(evidence),
    steps: evidence.steps.map((step) => ({
      id: step.stepId,
      title: titles.get(step.stepId) ?? step.stepId,
      text: stepEvidenceText(step),
    })),
  }));
}
