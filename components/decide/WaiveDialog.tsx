"use client";

import { useState } from "react";
import type { CriterionView } from "../../protocol/http/runs.ts";
import { useOrders } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { TextArea } from "../ui/TextInput.tsx";

/** Waives a criterion for this run; the reason stands in every statement that is signed from then on. */
export default function WaiveDialog(props: { criterion: CriterionView; onClose: () => void }) {
  const { criterion } = props;
  const { give, busyWord } = useOrders();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<string | undefined>(undefined);
  const order = { order: "waive", criterionId: criterion.id, reason: reason.trim() } as const;
  const waive = async (): Promise<void> => {
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
      title={`Waive “${criterion.title}”?`}
      description="It holds for this run only, and stands with your name and reason in the statement that is signed."
      safe={{ label: "Keep it as it is", onChoose: props.onClose }}
      act={
        <Button size="large" variant="primary" busy={busyWord(order)} onClick={() => void waive()}>
          Waive it for this run
        </Button>
      }
    >
      <Field label="Reason" required error={error} className="mt-4">
        {(control) => <TextArea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
    </Dialog>
  );
}
