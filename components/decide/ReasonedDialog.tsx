"use client";

import { useState } from "react";
import type { CriterionView } from "../../protocol/http/evidence.ts";
import type { GateView } from "../../protocol/http/gates.ts";
import { useOrders } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { TextArea } from "../ui/TextInput.tsx";

/** What a person gives a reason for: taking their own decision back, or waiving a criterion. */
export type Reasoned =
  | { readonly does: "takeBack"; readonly gate: GateView }
  | { readonly does: "waive"; readonly criterion: CriterionView };

/** Asks for the reason of what a person changes about a decision, which stands in the record. What was typed stays when it is refused. */
export default function ReasonedDialog(props: { about: Reasoned; onClose: () => void }) {
  const { give, busyWord } = useOrders();
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | undefined>(undefined);
  const { title, description, safe, act, order } = wordsOf(props.about, typed.trim());
  const giveIt = async (): Promise<void> => {
    if (order.reason === "") {
      setError("Write the reason.");
      return;
    }
    const outcome = await give(order);
    if (outcome.accepted) props.onClose();
    else setError(outcome.detail);
  };
  return (
    <Dialog
      open
      title={title}
      description={description}
      safe={{ label: safe, onChoose: props.onClose }}
      act={
        <Button size="large" variant="primary" busy={busyWord(order)} onClick={() => void giveIt()}>
          {act}
        </Button>
      }
    >
      <Field label="Reason" required error={error} className="mt-4">
        {(control) => <TextArea {...control} value={typed} onChange={(event) => setTyped(event.target.value)} />}
      </Field>
    </Dialog>
  );
}

function wordsOf(about: Reasoned, reason: string) {
  switch (about.does) {
    case "takeBack":
      // Possible until the first step behind the gate starts.
      return {
        title: `Take your decision at “${about.gate.title}” back?`,
        description: "The gate asks again. Your signature stays in the record, marked as taken back.",
        safe: "Let it stand",
        act: "Take it back",
        order: { order: "takeBack", gateId: about.gate.gateId, reason },
      } as const;
    case "waive":
      return {
        title: `Waive “${about.criterion.title}”?`,
        description:
          "It holds for this run only, and stands with your name and reason in the statement that is signed.",
        safe: "Keep it as it is",
        act: "Waive it for this run",
        order: { order: "waive", criterionId: about.criterion.id, reason },
      } as const;
    default:
      return about satisfies never;
  }
}
