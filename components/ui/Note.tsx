import clsx from "clsx";
import type { ReactNode } from "react";
import type { Tone } from "./tone.ts";
import { TONE_EDGE } from "./tone.ts";

/** A remark with a 3 px edge in the colour of what it says; its title in ink, its text in prose. */
export function Note(props: { tone?: Tone; title?: ReactNode; children?: ReactNode; className?: string }) {
  return (
    <div
      data-prose=""
      className={clsx("border-l-3 py-1 pl-3 text-ink2", TONE_EDGE[props.tone ?? "plain"], props.className)}
    >
      {props.title !== undefined && <p className="font-semibold text-ink">{props.title}</p>}
      {props.children}
    </div>
  );
}
