import clsx from "clsx";
import type { ReactNode } from "react";
import type { GlyphName } from "./Glyph.tsx";
import { Glyph } from "./Glyph.tsx";
import type { Tone } from "./tone.ts";
import { TONE_WASH } from "./tone.ts";

/**
 * A word on its wash with its glyph. For the words of states use StateBadge, which knows their colours.
 * @param outline a kind rather than a state ("Live run"): no wash, a plain line around it
 */
export function Badge(props: {
  children: ReactNode;
  tone?: Tone;
  glyph?: GlyphName;
  outline?: boolean;
  className?: string;
}) {
  return (
    <span
      className={clsx(
        "inline-flex min-h-badge items-center gap-1.5 whitespace-nowrap rounded-badge px-2 font-semibold text-label",
        props.outline ? "border border-line text-ink2" : TONE_WASH[props.tone ?? "plain"],
        props.className,
      )}
    >
      {props.glyph && <Glyph name={props.glyph} size="badge" />}
      {props.children}
    </span>
  );
}
