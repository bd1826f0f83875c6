import { forecastOf } from "../../domain/forecast/forecast.ts";
import type { RunId } from "../../domain/ids.ts";
import type { Supposition, WhatIfView } from "../../protocol/http/runs.ts";
import type { House } from "../identity/door.ts";
import { presentForecast } from "./present/forecast.ts";
import { readSubject } from "./queries.ts";

/**
 * How a run would end if one of its steps took longer: the same forecast with that supposed, beside it as it is at the same moment. Answers
 * undefined where there is no such run, and "noStep" where it has no such step. Nothing is kept of it.
 */
export async function viewWhatIf(
  house: House,
  runId: RunId,
  supposition: Supposition,
): Promise<WhatIfView | "noStep" | undefined> {
  const subject = await readSubject(house, runId);
  if (!subject) return undefined;
  const { plan, state, now, progress } = subject;
  const { step, longer } = supposition;
  if (!plan.steps.some(({ id }) => id === step)) return "noStep";
  const supposed = new Map([[step, 1 + longer / 100]]);
  return {
    now,
    supposition,
    expected: presentForecast(forecastOf(plan, state, { now, progress })),
    supposed: presentForecast(forecastOf(plan, state, { now, progress, supposed })),
  };
}
