"use client";

import clsx from "clsx";
import type { ReactNode } from "react";
import { useId, useLayoutEffect, useRef } from "react";
import { Button } from "./Button.tsx";
import type { GlyphName } from "./Glyph.tsx";
import { Glyph } from "./Glyph.tsx";
import type { Tone } from "./tone.ts";
import { TONE_TEXT } from "./tone.ts";

export type DialogProps = {
  open: boolean;
  /** The question, with its figure in it: "Back on the old volume by 04:11?" */
  title: ReactNode;
  /** What it is about, small, above the title, in its colour. */
  eyebrow?: { readonly word: string; readonly glyph: GlyphName; readonly tone: Tone };
  /** One sentence below the title. */
  description?: ReactNode;
  /** The choice that changes nothing: "Stay on the new side". Left, outlined, focused first; Escape means it too. */
  safe: { readonly label: string; readonly onChoose: () => void };
  /** The button (or buttons) that act, at the right of the safe one. */
  act?: ReactNode;
  children?: ReactNode;
  wide?: boolean;
};

/**
 * A question that must be answered before going on; never news. It is the browser's own modal dialog: the rest of the
 * page is inert, focus stays inside and returns to the button that opened it, and no script has to be fetched first,
 * which matters when the link is bad and somebody wants to roll back.
 */
export function Dialog(props: DialogProps) {
  const { open, safe } = props;
  const dialogRef = useRef<HTMLDialogElement>(null);
  const safeRef = useRef<HTMLButtonElement>(null);
  const isAskedRef = useRef(false);
  const id = useId();

  // A layout effect, because its cleanup runs while the dialog is still in the page: only then does closing it give the
  // focus back to where it was.
  useLayoutEffect(() => {
    const dialog = dialogRef.current;
    if (!dialog || !open) return;
    if (!dialog.open) dialog.showModal();
    isAskedRef.current = true;
    safeRef.current?.focus();
    return () => {
      isAskedRef.current = false;
      dialog.close();
    };
  }, [open]);

  if (!open) return null;
  return (
    <dialog
      ref={dialogRef}
      aria-labelledby={`${id}-title`}
      {...(props.description !== undefined && { "aria-describedby": `${id}-description` })}
      onCancel={(event) => {
        // The state of the page decides whether it is open, not the browser.
        event.preventDefault();
        safe.onChoose();
      }}
      onClose={(event) => {
        // Closed by the browser without asking (a second Escape). Our own closing must not count as a choice.
        if (isAskedRef.current && !event.currentTarget.open) safe.onChoose();
      }}
      className={clsx(
        "cross-over m-auto max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] overflow-y-auto rounded-dialog border border-line bg-surface px-6 pt-5 pb-6 shadow-float backdrop:bg-veil phone:mb-4 phone:px-4",
        props.wide ? "max-w-180" : "max-w-130",
      )}
    >
      {props.eyebrow && (
        <p className={clsx("flex items-center gap-2 font-semibold text-label", TONE_TEXT[props.eyebrow.tone])}>
          <Glyph name={props.eyebrow.glyph} />
          {props.eyebrow.word}
        </p>
      )}
      <h2 id={`${id}-title`} className="mt-1 text-title">
        {props.title}
      </h2>
      {props.description !== undefined && (
        <p id={`${id}-description`} className="mt-1 text-ink2">
          {props.description}
        </p>
      )}
      {props.children}
      <div className="mt-4 flex flex-wrap justify-end gap-2 phone:*:flex-1">
        <Button ref={safeRef} size="large" onClick={safe.onChoose}>
          {safe.label}
        </Button>
        {props.act}
      </div>
    </dialog>
  );
}
