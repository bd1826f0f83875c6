"use client";

import clsx from "clsx";
import { useEffect } from "react";
import { toast as sonner, Toaster } from "sonner";
import { Button } from "./Button.tsx";
import { Glyph } from "./Glyph.tsx";
import type { Toast } from "./toast.ts";
import { takeToasts } from "./toast.ts";
import { TONE_TEXT } from "./tone.ts";

const GLYPHS = { good: "check", move: "ring", ask: "diamond", stop: "cross" } as const;
const SHOWN_MS = 8000;

function ToastCard(props: { toast: Toast; onGone: () => void }) {
  const { tone, title, detail, action } = props.toast;
  return (
    <div className="grid w-full grid-cols-[1rem_minmax(0,1fr)_auto] items-center gap-x-2.5 gap-y-0.5 rounded-card border border-line bg-surface px-3.5 py-3 shadow-float">
      <span className={clsx("flex", TONE_TEXT[tone])}>
        <Glyph name={GLYPHS[tone]} />
      </span>
      <span className="font-medium text-body text-ink">{title}</span>
      {action ? (
        <Button
          variant="quiet"
          size="small"
          onClick={() => {
            action.onPress();
            props.onGone();
          }}
        >
          {action.label}
        </Button>
      ) : (
        <span />
      )}
      {detail && <span className="col-span-2 col-start-2 text-ink2 text-label">{detail}</span>}
    </div>
  );
}

/** Draws toasts, at the lower right, or above the thumb on a phone. Loaded with the first one. */
export default function ToastStack() {
  useEffect(
    () =>
      takeToasts((toast) => {
        sonner.custom((id) => <ToastCard toast={toast} onGone={() => sonner.dismiss(id)} />, { duration: SHOWN_MS });
      }),
    [],
  );
  return (
    <Toaster
      position="bottom-right"
      containerAriaLabel="Messages"
      visibleToasts={4}
      offset={16}
      mobileOffset={{ bottom: 80, left: 16, right: 16 }}
      toastOptions={{ unstyled: true, className: "w-full font-sans" }}
    />
  );
}
