"use client";

import { useState } from "react";
import type { OrderInput } from "../data/orderWords.ts";
import { useOrders, useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { TextArea } from "../ui/TextInput.tsx";
import type { ReasonOrder } from "./cards/answers.ts";
import { stepById } from "./nowStep.ts";

/** Asks for the reason of an order, which stands in the record. What was typed stays when the order is refused. */
export default function ReasonDialog(props: { order: ReasonOrder; label: string; onClose: () => void }) {
  const { order } = props;
  const { run } = useRun();
  const { give, busyWord } = useOrders();
  const [reason, setReason] = useState("");
  const [refusal, setRefusal] = useState<string | undefined>(undefined);
  const isOptional = order.order === "cancelTask";
  const whole: OrderInput = { ...order, reason: reason.trim() };
  const step = order.order === "giveRollbackReason" ? undefined : stepById(run, order.stepId);
  const act = async (): Promise<void> => {
    if (!isOptional && reason.trim() === "") {
      setRefusal("Write the reason.");
      return;
    }
    const outcome = await give(whole);
    if (outcome.accepted) props.onClose();
    else setRefusal(outcome.detail);
  };
  return (
    <Dialog
      open
      title={`${props.label}?`}
      description={step ? `${step.title}. ${CONSEQUENCES[order.order]}` : CONSEQUENCES[order.order]}
      safe={{ label: order.order === "giveRollbackReason" ? "Not now" : "Leave it as it is", onChoose: props.onClose }}
      act={
        <Button
          size="large"
          variant={order.order === "giveRollbackReason" ? "primary" : "neutral"}
          busy={busyWord(whole)}
          onClick={() => void act()}
        >
          {props.label}
        </Button>
      }
    >
      <Field label="Reason" required={!isOptional} error={refusal} className="mt-4">
        {(control) => <TextArea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
    </Dialog>
  );
}

const CONSEQUENCES = {
  skip: "The run goes on without it; the reason stands in the record.",
  cancelTask: "The whole process tree is ended on the host, and proven dead. The run is held then.",
  giveRollbackReason: "Why the run was rolled back, for the record and the report.",
} as const satisfies Record<ReasonOrder["order"], string>;
