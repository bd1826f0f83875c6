import type { RollbackView } from "../../protocol/http/steps.ts";

/** What a rollback loses, as the card, the dialog and the dialog's button say it. */
export interface LossWords {
  readonly isNothing: boolean;
  readonly sentence: string;
  /** The button that acts names the loss. */
  readonly button: string;
}

/** Words for the loss of a rollback. What is not known is treated as a loss, and says that it is not known. */
export function lossWords(rollback: Pick<RollbackView, "loses" | "losesUnknown" | "losesNothing">): LossWords {
  if (rollback.losesNothing) {
    return { isNothing: true, sentence: "Loses nothing.", button: "Roll back, lose nothing" };
  }
  if (rollback.loses !== null) {
    const amount = /^Loses ([^:.]+)/.exec(rollback.loses)?.[1] ?? "what was written";
    return {
      isNothing: false,
      sentence: rollback.loses,
      button: `Roll back, lose ${amount}`,
    };
  }
  return {
    isNothing: false,
    sentence: rollback.losesUnknown ?? "What it would lose is not known.",
    button: "Roll back, loss not known",
  };
}
