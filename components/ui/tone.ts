/** What a colour says. `plain` says nothing, `unknown` says that nobody knows, and is hatched instead of coloured. */
export type Tone = "plain" | "move" | "good" | "ask" | "stop" | "back" | "unknown";

/** Text in the colour of a tone. */
export const TONE_TEXT = {
  plain: "text-ink2",
  move: "text-move",
  good: "text-good",
  ask: "text-ask",
  stop: "text-stop",
  back: "text-back",
  unknown: "text-ink2",
} as const satisfies Record<Tone, string>;

/** Text on the wash of its tone. */
export const TONE_WASH = {
  plain: "bg-sunken text-ink2",
  move: "bg-move-wash text-move",
  good: "bg-good-wash text-good",
  ask: "bg-ask-wash text-ask",
  stop: "bg-stop-wash text-stop",
  back: "bg-back-wash text-back",
  unknown: "hatched border border-dashed border-edge text-ink2",
} as const satisfies Record<Tone, string>;

/** A solid fill, for bars. */
export const TONE_FILL = {
  plain: "bg-ink2",
  move: "bg-move",
  good: "bg-good",
  ask: "bg-ask",
  stop: "bg-stop",
  back: "bg-back",
  unknown: "bg-line hatched",
} as const satisfies Record<Tone, string>;

/** A 3 px edge at the left of a note or a card. */
export const TONE_EDGE = {
  plain: "border-l-edge",
  move: "border-l-move",
  good: "border-l-good",
  ask: "border-l-ask",
  stop: "border-l-stop",
  back: "border-l-back",
  unknown: "border-l-edge",
} as const satisfies Record<Tone, string>;
