"use client";

import type { ReactNode } from "react";
import { useId, useState } from "react";
import { Button } from "./Button.tsx";
import type { DialogProps } from "./Dialog.tsx";
import { Dialog } from "./Dialog.tsx";
import { TextInput } from "./TextInput.tsx";

type ConfirmByNameProps = Omit<DialogProps, "act"> & {
  /** What has to be typed: the service's name. */
  name: string;
  /** Completes "Type orders-db to …": "roll back". */
  verb: string;
  /** Names the loss: "Roll back, lose 214 rows". */
  actLabel: string;
  onAct: () => void;
  /** The word shown while the order is on its way. */
  busy?: string | undefined;
  children?: ReactNode;
};

/**
 * A dialog for what loses or drops data: the acting button names the loss and stays disabled until the name of the
 * service has been typed. Typing is the second interaction; no key and no single press can do it.
 */
export function ConfirmByName(props: ConfirmByNameProps) {
  // Mounted anew each time, so that the name has to be typed each time.
  return props.open ? <OpenConfirmByName {...props} /> : null;
}

function OpenConfirmByName({ name, verb, actLabel, onAct, busy, children, ...dialog }: ConfirmByNameProps) {
  const [typed, setTyped] = useState("");
  const id = useId();
  const matches = typed.trim() === name;
  return (
    <Dialog
      {...dialog}
      act={
        <Button
          size="large"
          variant="destroy"
          busy={busy}
          disabledReason={matches ? undefined : `Type ${name} first.`}
          reasonPlace="elsewhere"
          onClick={onAct}
        >
          {actLabel}
        </Button>
      }
    >
      {children}
      <label htmlFor={id} className="mt-4 block">
        Type <b className="font-mono">{name}</b> to {verb}
      </label>
      <TextInput
        id={id}
        size="large"
        autoComplete="off"
        mono
        className="mt-1.5"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </Dialog>
  );
}
