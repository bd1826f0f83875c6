"use client";

import clsx from "clsx";
import type { ReactNode } from "react";
import { useId, useRef } from "react";
import { Button } from "./Button.tsx";
import type { GlyphName } from "./Glyph.tsx";
import { Glyph } from "./Glyph.tsx";
import { Modal } from "./Modal.tsx";
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
  /** The button (or buttons) that act, at the right of the safe one, `size="large"`. */
  act?: ReactNode;
  children?: ReactNode;
  wide?: boolean;
};

/** A question that must be answered before going on; never news. */
export function Dialog(props: DialogProps) {
  const { safe } = props;
  const safeRef = useRef<HTMLButtonElement>(null);
  const id = useId();
  const hasDescription = props.description !== undefined;
  return (
    <Modal
      open={props.open}
      focusRef={safeRef}
      onDismiss={safe.onChoose}
      labelledBy={`${id}-title`}
      describedBy={hasDescription ? `${id}-description` : undefined}
      className={clsx("px-6 pt-5 pb-6 phone:mb-4 phone:px-4", props.wide ? "max-w-180" : "max-w-130")}
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
      {hasDescription && (
        <p id={`${id}-description`} className="mt-1 text-ink2">
          {props.description}
        </p>
      )}
      {props.children}
      <div className="mt-4 flex flex-wrap justify-end gap-2 phone:*:grow phone:*:basis-2/5">
        <Button
          ref={safeRef}
          size="large"
          onClick={safe.onChoose}
          className="focus:outline-2 focus:outline-move focus:outline-offset-2"
        >
          {safe.label}
        </Button>
        {props.act}
      </div>
    </Modal>
  );
}
