"use client";

import { useState } from "react";
import type { OrderInput } from "../data/orderWords.ts";
import { useOrders } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { TextArea } from "../ui/TextInput.tsx";

type TextOrderDialogProps = {
  title: string;
  description: string;
  /** The choice that changes nothing. */
  safe: string;
  act: string;
  /** Neutral where what is ordered is no step forward, such as a cancel. */
  variant?: "primary" | "neutral";
  label: string;
  /** What stands there already. */
  initial?: string;
  rows?: number;
  /** What is said when nothing was typed; an order that may go without words has none. */
  whenEmpty?: string;
  /** The order that carries the text, without spaces at its ends. */
  order: (text: string) => OrderInput;
  onClose: () => void;
};

/** Asks for one text, a reason or a note, and gives the order that puts it into the record. What was typed stays when it is refused. */
export function TextOrderDialog(props: TextOrderDialogProps) {
  const { give, busyWord } = useOrders();
  const [typed, setTyped] = useState(props.initial ?? "");
  const [error, setError] = useState<string | undefined>(undefined);
  const text = typed.trim();
  const order = props.order(text);
  const act = async (): Promise<void> => {
    if (props.whenEmpty !== undefined && text === "") {
      setError(props.whenEmpty);
      return;
    }
    const outcome = await give(order);
    if (outcome.accepted) props.onClose();
    else setError(outcome.detail);
  };
  return (
    <Dialog
      open
      title={props.title}
      description={props.description}
      safe={{ label: props.safe, onChoose: props.onClose }}
      act={
        <Button size="large" variant={props.variant ?? "primary"} busy={busyWord(order)} onClick={() => void act()}>
          {props.act}
        </Button>
      }
    >
      <Field label={props.label} required={props.whenEmpty !== undefined} error={error} className="mt-4">
        {(control) => (
          <TextArea
            {...control}
            {...(props.rows !== undefined && { rows: props.rows })}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  );
}
