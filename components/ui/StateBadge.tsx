import clsx from "clsx";
import { Badge } from "./Badge.tsx";
import { Glyph } from "./Glyph.tsx";
import type { StateWord } from "./stateWords.ts";
import { STATE_LOOK } from "./stateWords.ts";
import { TONE_TEXT } from "./tone.ts";

/** The state of a run or window as a badge: its word, its colour, its glyph. */
export function StateBadge(props: { word: StateWord; className?: string }) {
  const { tone, glyph } = STATE_LOOK[props.word];
  return (
    <Badge tone={tone} glyph={glyph} {...(props.className && { className: props.className })}>
      {props.word}
    </Badge>
  );
}

/**
 * The state large, as the strip of a run and the wall show it. It crosses over once when the word changes; announcing
 * the change is the page's affair (`announce`), since only the page knows which changes matter.
 */
export function StateHeadline(props: { word: StateWord; size?: "strip" | "wall"; className?: string }) {
  const { tone, glyph } = STATE_LOOK[props.word];
  const size = props.size ?? "strip";
  return (
    <span
      key={props.word}
      className={clsx(
        "cross-over inline-flex items-center font-semibold",
        size === "strip" ? "gap-3 text-strip" : "gap-6 text-[5.5rem] leading-[6rem] tracking-[-0.03em]",
        tone === "unknown" && "hatched rounded-badge border border-edge border-dashed px-2",
        TONE_TEXT[tone],
        props.className,
      )}
    >
      <Glyph name={glyph} size={size} />
      {props.word}
    </span>
  );
}

/** Whether a run is the real thing. A rehearsal is a kind, not a state, and says so on every page. */
export function KindBadge(props: { kind: "live" | "rehearsal" }) {
  return props.kind === "live" ? (
    <Badge outline>Live run</Badge>
  ) : (
    <Badge outline glyph="circle">
      Rehearsal
    </Badge>
  );
}
