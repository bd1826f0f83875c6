"use client";

import type { ReactNode } from "react";
import { createContext, lazy, Suspense, use, useState } from "react";

const loadDialog = () => import("./RollbackDialog.tsx");
const RollbackDialog = lazy(loadDialog);

const DialogContext = createContext<{ readonly open: () => void } | undefined>(undefined);

/** Opens the question before a rollback; its script is fetched in quiet moments before it is needed. */
export function useRollbackDialog(): { readonly open: () => void } {
  const dialog = use(DialogContext);
  if (!dialog) throw new Error("The rollback's question needs a RollbackDialogHost above it");
  return dialog;
}

/** Fetches the dialog's script ahead: with a bad link, the press must not wait for it. */
export function prepareRollbackDialog(): void {
  void loadDialog();
}

/** Holds the question before a rollback for the whole page: every button and the key B open the same one. */
export function RollbackDialogHost(props: { children: ReactNode }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <DialogContext value={{ open: () => setIsOpen(true) }}>
      {props.children}
      {isOpen && (
        <Suspense>
          <RollbackDialog onClose={() => setIsOpen(false)} />
        </Suspense>
      )}
    </DialogContext>
  );
}
