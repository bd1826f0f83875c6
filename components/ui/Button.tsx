"use client";

import clsx from "clsx";
import type { ComponentPropsWithRef, MouseEvent, ReactNode } from "react";
import { useId } from "react";
import type { ButtonSize, ButtonVariant } from "./buttonLook.ts";
import { buttonLook } from "./buttonLook.ts";
import { Glyph } from "./Glyph.tsx";
import { Kbd } from "./Kbd.tsx";

export type ButtonProps = Omit<ComponentPropsWithRef<"button">, "disabled" | "children"> & {
  /** What happens: "Retry step 5". Never OK, Submit, Confirm or Yes. */
  children: ReactNode;
  variant?: ButtonVariant;
  size?: ButtonSize;
  icon?: ReactNode;
  /** The key that does the same, shown on the button: "H". */
  keyHint?: string | undefined;
  /** Set while the order is on its way: the word that replaces the label, "Holding". The button cannot be pressed. */
  busy?: string | undefined;
  /** Why it cannot be pressed now. It stays in its place and can be reached, and the reason is read with it. */
  disabledReason?: string | undefined;
  /** Where the reason stands; `elsewhere` when the page already shows it, then only screen readers get it here. */
  reasonPlace?: "beside" | "below" | "elsewhere";
  wide?: boolean;
};

/**
 * A button that says what happens. Disabled and busy ones keep their place and their focus (aria-disabled rather than
 * disabled), because an order button that moves or vanishes under a hand is how the wrong one gets pressed.
 */
export function Button({
  children,
  variant = "neutral",
  size = "medium",
  icon,
  keyHint,
  busy,
  disabledReason,
  reasonPlace = "beside",
  wide = false,
  className,
  onClick,
  type = "button",
  ...rest
}: ButtonProps) {
  const reasonId = useId();
  const isOff = disabledReason !== undefined;
  const isStill = isOff || busy !== undefined;
  const press = (event: MouseEvent<HTMLButtonElement>): void => {
    if (isStill) event.preventDefault();
    else onClick?.(event);
  };
  const look = isOff ? (variant === "quiet" ? "quietOff" : "off") : variant;
  const describedBy = clsx(rest["aria-describedby"], isOff && reasonId);
  const button = (
    <button
      {...rest}
      type={type}
      onClick={press}
      aria-disabled={isStill || undefined}
      aria-busy={busy !== undefined || undefined}
      aria-describedby={describedBy === "" ? undefined : describedBy}
      className={clsx(buttonLook({ look, size, wide }), className)}
    >
      {busy === undefined ? icon : <Glyph name="ring" />}
      {busy ?? children}
      {keyHint !== undefined && !isStill && <Kbd inherit>{keyHint}</Kbd>}
    </button>
  );
  const reason = isOff && (
    <span id={reasonId} className={reasonPlace === "elsewhere" ? "sr-only" : "text-ink3 text-label"}>
      {disabledReason}
    </span>
  );
  if (reasonPlace === "elsewhere") {
    // One shape with a reason and without: a button made anew loses the focus, and the press that is under way.
    return (
      <>
        {button}
        {reason}
      </>
    );
  }
  if (!isOff) return button;
  return (
    <span
      className={clsx(
        "inline-flex gap-x-3 gap-y-1",
        reasonPlace === "below" ? "flex-col items-start" : "flex-wrap items-center",
        wide && "w-full",
      )}
    >
      {button}
      {reason}
    </span>
  );
}
