import clsx from "clsx";
import type { ReactNode } from "react";

/**
 * The glyphs of states, drawn on 16 x 16 with a 1.6 stroke. Each stands for one meaning, so that a page read in
 * greyscale, or by someone who sees no red, says the same.
 */
const DRAWINGS = {
  /** Runs now. */
  ring: (
    <>
      <circle cx="8" cy="8" r="5.6" opacity="0.35" />
      <path d="M8 2.4a5.6 5.6 0 0 1 3.3 10.1" />
      <circle cx="8" cy="8" r="2" fill="currentColor" stroke="none" />
    </>
  ),
  /** Planned, not begun. */
  circle: <circle cx="8" cy="8" r="5.4" />,
  /** A gate ahead or waiting; filled once open, crossed on NO-GO. */
  diamond: <path d="M8 2.3 13.7 8 8 13.7 2.3 8Z" />,
  diamondFilled: <path d="M8 2.3 13.7 8 8 13.7 2.3 8Z" fill="currentColor" />,
  diamondCrossed: <path d="M8 1.8 14.2 8 8 14.2 1.8 8ZM6.3 6.3l3.4 3.4M9.7 6.3 6.3 9.7" />,
  /** Held. */
  bars: <path d="M5.6 3.6v8.8M10.4 3.6v8.8" />,
  /** Goes on after a hold. */
  play: <path d="M5.2 3.4v9.2L12.6 8Z" />,
  /** Failed, abandoned. */
  cross: <path d="m4.1 4.1 7.8 7.8M11.9 4.1l-7.8 7.8" />,
  /** Rollback. */
  branch: <path d="M4.4 2.8v4.4a2.6 2.6 0 0 0 2.6 2.6h5.2M4.4 7.2v6M9.9 7.4l2.5 2.4-2.5 2.4" />,
  bentArrow: <path d="M6.4 3.9 2.9 7.4l3.5 3.5M3.1 7.4h6.4a3.5 3.5 0 0 1 0 7H8" />,
  /** Measured and passed, done. */
  check: <path d="m3.4 8.6 3.1 3.1 6.1-7.2" />,
  /** Not known. */
  question: <path d="M5.9 6a2.1 2.1 0 1 1 3 1.9c-.6.3-.9.8-.9 1.4M8 11.7v.1" />,
  /** A signed decision. */
  key: <path d="M5 10.9a2.9 2.9 0 1 0 0-5.8 2.9 2.9 0 0 0 0 5.8ZM7.9 8h5.9v2.3M11.2 8v1.8" />,
  /** Not yet; old. */
  clock: <path d="M8 13.9A5.9 5.9 0 1 0 8 2.1a5.9 5.9 0 0 0 0 11.8ZM8 4.9V8l2.2 1.5" />,
  /** Skipped. */
  dash: <path d="M3.6 8h8.8" />,
  /** Changed, or wants a look. */
  triangle: <path d="M8 2.9 13.6 13H2.4Z" />,
  warning: <path d="M8 2.7 14 13H2ZM8 6.6v2.9M8 11.3v.1" />,
  /** A person must say. */
  person: <path d="M8 7.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2ZM3.4 13.6c.3-2.6 2.1-4 4.6-4s4.3 1.4 4.6 4" />,
  /** Connected. */
  dot: <circle cx="8" cy="8" r="4" fill="currentColor" stroke="none" />,
} as const satisfies Record<string, ReactNode>;

export type GlyphName = keyof typeof DRAWINGS;

/**
 * One glyph in the colour of the text around it, hidden from screen readers: the word beside it says what it means.
 * @param size its edge; a badge takes 14 px, a row 16, the state strip 24, the wall 80
 */
export function Glyph(props: { name: GlyphName; size?: "badge" | "row" | "strip" | "wall"; className?: string }) {
  const size = props.size ?? "row";
  return (
    <svg
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={clsx(
        "inline-block flex-none",
        size === "badge" && "size-3.5",
        size === "row" && "size-4",
        size === "strip" && "size-6",
        size === "wall" && "size-20",
        props.className,
      )}
    >
      {DRAWINGS[props.name]}
    </svg>
  );
}
