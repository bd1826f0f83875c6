import { Outcome, RunStage } from "./stages.ts";

/** The state words of the look that a stage alone can say; a waiting gate and a failed step need the whole run. */
export type StateWord =
  | "Preparing"
  | "Ready"
  | "Running"
  | "Waiting at gate"
  | "Waiting for you"
  | "Held"
  | "Held, failed"
  | "Rolling back"
  | "Rolled back"
  | "Done"
  | "Abandoned"
  | "Unknown";

/** The word for a stage and, once ended, its outcome. What is neither (a newer server wrote it) is Unknown. */
export function stateWordOf(stage: string, outcome: string | null): StateWord {
  const parsed = RunStage.safeParse(stage);
  return parsed.success ? wordOfStage(parsed.data, outcome) : "Unknown";
}

function wordOfStage(stage: RunStage, outcome: string | null): StateWord {
  switch (stage) {
    case "preparing":
      return "Preparing";
    case "deciding":
      return "Waiting at gate";
    case "ready":
      return "Ready";
    case "running":
      return "Running";
    case "held":
      return "Held";
    case "rollingBack":
      return "Rolling back";
    case "ended":
      return wordOfOutcome(outcome);
    default:
      return stage satisfies never;
  }
}

function wordOfOutcome(text: string | null): StateWord {
  const parsed = Outcome.safeParse(text);
  if (!parsed.success) return "Unknown";
  const outcome = parsed.data;
  switch (outcome) {
    case "completed":
      return "Done";
    case "rolledBack":
      return "Rolled back";
    case "abandoned":
      return "Abandoned";
    default:
      return outcome satisfies never;
  }
}
