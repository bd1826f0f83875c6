"use client";

import { useState } from "react";
import { useOrders, useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { TextArea } from "../ui/TextInput.tsx";

/** Writes the hand-over note; each version stands in the record. */
export default function NoteDialog(props: { onClose: () => void }) {
  const { run } = useRun();
  const { give, busyWord } = useOrders();
  const [text, setText] = useState(run.note?.text ?? "");
  const [refusal, setRefusal] = useState<string | undefined>(undefined);
  const order = { order: "writeNote", text: text.trim() } as const;
  const save = async (): Promise<void> => {
    if (order.text === "") {
      setRefusal("An empty note says nothing.");
      return;
    }
    const outcome = await give(order);
    if (outcome.accepted) props.onClose();
    else setRefusal(outcome.detail);
  };
  return (
    <Dialog
      open
      title="Hand-over note"
      description="For whoever takes over: what is unusual, what to look at, what was promised."
      safe={{ label: "Leave it as it is", onChoose: props.onClose }}
      act={
        <Button size="large" variant="primary" busy={busyWord(order)} onClick={() => void save()}>
          Save the note
        </Button>
      }
    >
      <Field label="Note" required error={refusal} className="mt-4">
        {(control) => <TextArea {...control} rows={5} value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
    </Dialog>
  );
}
