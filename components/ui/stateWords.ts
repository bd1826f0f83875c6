import type { GlyphName } from "./Glyph.tsx";
import type { Tone } from "./tone.ts";

/** The words a run, a window or a page can be in; no other word is ever shown for a state. */
export const STATE_WORDS = [
  "Preparing",
  "Ready",
  "Not started",
  "Running",
  "Waiting at gate",
  "Waiting for you",
  "Held",
  "Held, failed",
  "Rolling back",
  "Rolled back",
  "Done",
  "Abandoned",
  "Unknown",
  "Not connected",
] as const;

export type StateWord = (typeof STATE_WORDS)[number];

/** One word, one colour, one glyph. Unknown and Not connected are never red: not knowing is not a failure. */
export const STATE_LOOK = {
  Preparing: { tone: "plain", glyph: "clock" },
  Ready: { tone: "good", glyph: "check" },
  "Not started": { tone: "plain", glyph: "clock" },
  Running: { tone: "move", glyph: "ring" },
  "Waiting at gate": { tone: "ask", glyph: "diamond" },
  "Waiting for you": { tone: "ask", glyph: "diamond" },
  Held: { tone: "ask", glyph: "bars" },
  "Held, failed": { tone: "stop", glyph: "cross" },
  "Rolling back": { tone: "back", glyph: "bentArrow" },
  "Rolled back": { tone: "back", glyph: "check" },
  Done: { tone: "good", glyph: "check" },
  Abandoned: { tone: "plain", glyph: "cross" },
  Unknown: { tone: "unknown", glyph: "question" },
  "Not connected": { tone: "unknown", glyph: "question" },
} as const satisfies Record<StateWord, { tone: Tone; glyph: GlyphName }>;
