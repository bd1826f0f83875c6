"use client";

import type { ReactNode } from "react";
import { createContext, use, useState } from "react";
import { RollbackDialog } from "./RollbackDialog.tsx";

const DialogContext = createContext<{ readonly open: () => void } | undefined>(undefined);

/** Opens the question before a rollback. It is part of the page's own script: with a bad link, the press must not wait for one. */
export function useRollbackDialog(): { readonly open: () => void } {
  const dialog = use(DialogContext);
  if (!dialog) throw new Error("The rollback's question needs a RollbackDialogHost above it");
  return dialog;
}

/** Holds the question before a rollback for the whole page: every button and the key B open the same one. */
export function RollbackDialogHost(props: { children: ReactNode }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <DialogContext value={{ open: () => setIsOpen(true) }}>
      {props.children}
      {isOpen && <RollbackDialog onClose={() => setIsOpen(false)} />}
    </DialogContext>
  );
}
