import type { RollbackView } from "../../protocol/http/steps.ts";

/** What a rollback loses, as the card, the dialog and the dialog's button say it. */
export interface LossWords {
  readonly kind: "nothing" | "something" | "unknown";
  readonly sentence: string;
  /** The button that acts names the loss. */
  readonly button: string;
}

/** The colour of the sentence. Not to know is no failure: it waits for somebody who finds out, and is never red. */
export const LOSS_INK: Readonly<Record<LossWords["kind"], string>> = {
  nothing: "text-ink2",
  something: "font-medium text-stop",
  unknown: "font-medium text-ask",
};

/** Words for the loss of a rollback. What is not known needs the same care as a loss, and says that it is not known. */
export function lossWords(rollback: Pick<RollbackView, "loses" | "losesUnknown" | "losesNothing">): LossWords {
  if (rollback.losesNothing) {
    return { kind: "nothing", sentence: "Loses nothing.", button: "Roll back, lose nothing" };
  }
  if (rollback.loses !== null) {
    const amount = /^Loses ([^:.]+)/.exec(rollback.loses)?.[1] ?? "what was written";
    return {
      kind: "something",
      sentence: rollback.loses,
      button: `Roll back, lose ${amount}`,
    };
  }
  return {
    kind: "unknown",
    sentence: rollback.losesUnknown ?? "What it would lose is not known.",
    button: "Roll back, loss not known",
  };
}
