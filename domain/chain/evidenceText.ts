import { formatCount } from "../format/count.ts";
import type { StepStage } from "../run/stages.ts";
import type { ControlEvidence, StepEvidence } from "./evidenceIndex.ts";

const STAGE_WORDS = {
  planned: "not carried out",
  running: "under way",
  waiting: "waiting",
  done: "done",
  failed: "failed",
  unknown: "nobody knows how it ended",
  skipped: "skipped",
  cancelled: "cancelled",
  undone: "undone by a restart of its host",
} as const satisfies Record<StepStage, string>;

/** Whether a control is shown, in words that stand behind its name. */
export function standingText({ standing, steps }: ControlEvidence): string {
  const done = steps.filter(({ stage }) => stage === "done").length;
  switch (standing) {
    case "shown":
      return done === steps.length ? "shown" : `shown by ${done} of its ${steps.length} steps`;
    case "rolledBack":
      return "was shown until the run went back: what its steps brought about need not stand any more";
    case "none":
      return "nothing shows it";
    default:
      return standing satisfies never;
  }
}

/** What the log holds of one step, each part with the numbers of its events. */
export function stepEvidenceText({ stage, events, decisions, facts, outputs }: StepEvidence): string {
  const parts = [
    STAGE_WORDS[stage],
    ...(events.length === 0 ? [] : [`${events.length === 1 ? "event" : "events"} ${numbersText(events)}`]),
    ...(decisions.length === 0 ? [] : [`decided by event ${numbersText(decisions.map(({ seq }) => seq))}`]),
    ...(facts.length === 0 ? [] : [`measured ${facts.map(({ name, seq }) => `${name} (event ${seq})`).join(", ")}`]),
    ...outputs.map(({ seq, bytes, sha256 }) => {
      const digest = sha256 === undefined ? "no digest was reported" : `SHA-256 ${sha256}`;
      return `output of event ${seq}: ${formatCount(bytes)} bytes, ${digest}`;
    }),
  ];
  return parts.join("; ");
}

/** Ascending numbers, those that follow each other as a range: "3, 5 to 8". */
export function numbersText(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range !== undefined && number === range[1] + 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`)).join(", ");
}
