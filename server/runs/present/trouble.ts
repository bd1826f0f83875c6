import type { FailureReport } from "../../../domain/failure.ts";
import { FAILURES } from "../../../domain/failure.ts";
import type { TroubleView } from "../../../protocol/http/steps.ts";

/** A failure as three lines: what happened, where the data is, what to do. `notes` are the runbook's own words for this step. */
export function presentTrouble(failure: FailureReport, data: string, notes?: string): TroubleView {
  const { todo } = FAILURES[failure.code];
  return {
    code: failure.code,
    what: failure.message,
    data,
    todo: notes === undefined ? todo : `${todo} ${notes}`,
    detail: failure.detail ?? null,
  };
}
