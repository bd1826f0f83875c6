"use client";

import { Copy } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { formatCounted } from "../../domain/format/count.ts";
import { announce } from "./announce.ts";
import { Button } from "./Button.tsx";
import type { ButtonSize, ButtonVariant } from "./buttonLook.ts";
import { copyText } from "./copyText.ts";
import { showToast } from "./toast.ts";

/**
 * Copies text and says politely that it did, and how much. The text may be made on the press, so that what is copied is
 * what is true then.
 * @param what names what was copied: "Status text, plain"
 */
export function CopyButton(props: {
  text: string | (() => string | Promise<string>);
  what: string;
  children: ReactNode;
  variant?: ButtonVariant;
  size?: ButtonSize;
  keyHint?: string;
  wide?: boolean;
  disabledReason?: string | undefined;
  onCopied?: (text: string) => void;
}) {
  const [busy, setBusy] = useState(false);
  const copy = async (): Promise<void> => {
    setBusy(true);
    try {
      const text = typeof props.text === "string" ? props.text : await props.text();
      if (await copyText(text)) {
        const detail = `${props.what}, ${formatCounted(text.length, "character")}`;
        announce(`Copied. ${detail}`);
        showToast({ tone: "good", title: "Copied", detail });
        props.onCopied?.(text);
      } else {
        announce("Copying was refused by the browser.");
        showToast({ tone: "stop", title: "Not copied", detail: "The browser refused. Select the text and copy it." });
      }
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant={props.variant ?? "neutral"}
      size={props.size ?? "medium"}
      wide={props.wide ?? false}
      keyHint={props.keyHint}
      busy={busy ? "Copying" : undefined}
      disabledReason={props.disabledReason}
      icon={<Copy aria-hidden="true" />}
      onClick={() => void copy()}
    >
      {props.children}
    </Button>
  );
}
