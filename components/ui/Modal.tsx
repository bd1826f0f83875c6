"use client";

import clsx from "clsx";
import type { ReactNode, RefObject } from "react";
import { useLayoutEffect, useRef } from "react";

type ModalProps = {
  open: boolean;
  focusRef: RefObject<HTMLElement | null>;
  onDismiss: () => void;
  labelledBy: string;
  describedBy?: string | undefined;
  className?: string;
  children: ReactNode;
};

/**
 * The frame of everything modal: the browser's own modal dialog. The rest of the page is inert, focus stays inside and
 * returns to where it was, and no script has to be fetched first, which matters when the link is bad and somebody wants
 * to roll back. Whether it is open is the page's state, never the browser's.
 * @param focusRef what is focused first
 * @param onDismiss Escape, or the browser closing it
 */
export function Modal(props: ModalProps) {
  return props.open ? <OpenModal {...props} /> : null;
}

/** Apart from Modal, because only an unmounting component is told before its dialog leaves the page (see below). */
function OpenModal(props: ModalProps) {
  const { focusRef, onDismiss } = props;
  const dialogRef = useRef<HTMLDialogElement>(null);
  const isAskedRef = useRef(false);

  // A layout effect, because its cleanup runs while the dialog is still in the page: only then does closing it give the
  // focus back to where it was.
  useLayoutEffect(() => {
    const dialog = dialogRef.current;
    if (!dialog) return;
    if (!dialog.open) dialog.showModal();
    isAskedRef.current = true;
    focusRef.current?.focus();
    return () => {
      isAskedRef.current = false;
      dialog.close();
    };
  }, [focusRef]);

  return (
    <dialog
      ref={dialogRef}
      aria-labelledby={props.labelledBy}
      aria-describedby={props.describedBy}
      onCancel={(event) => {
        event.preventDefault();
        onDismiss();
      }}
      onClose={(event) => {
        // Closed by the browser without asking (a second Escape). Our own closing must not count as an answer.
        if (isAskedRef.current && !event.currentTarget.open) onDismiss();
      }}
      className={clsx(
        "cross-over m-auto max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] overflow-y-auto rounded-dialog border border-line bg-surface shadow-float backdrop:bg-veil",
        props.className,
      )}
    >
      {props.children}
    </dialog>
  );
}
