"use client";

import { useState } from "react";
import type { GateView } from "../../protocol/http/runs.ts";
import { useOrders } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { TextArea } from "../ui/TextInput.tsx";

/** Takes one's own decision back, with the reason. Possible until the first step behind the gate starts. */
export default function TakeBackDialog(props: { gate: GateView; onClose: () => void }) {
  const { gate } = props;
  const { give, busyWord } = useOrders();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<string | undefined>(undefined);
  const order = { order: "takeBack", gateId: gate.gateId, reason: reason.trim() } as const;
  const takeBack = async (): Promise<void> => {
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
      title={`Take your decision at “${gate.title}” back?`}
      description="The gate asks again. Your signature stays in the record, marked as taken back."
      safe={{ label: "Let it stand", onChoose: props.onClose }}
      act={
        <Button size="large" variant="primary" busy={busyWord(order)} onClick={() => void takeBack()}>
          Take it back
        </Button>
      }
    >
      <Field label="Reason" required error={error} className="mt-4">
        {(control) => <TextArea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
    </Dialog>
  );
}
