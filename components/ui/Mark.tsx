import clsx from "clsx";
import type { GlyphName } from "./Glyph.tsx";
import { Glyph } from "./Glyph.tsx";
import type { Tone } from "./tone.ts";
import { TONE_TEXT } from "./tone.ts";

type Look = { readonly glyph: GlyphName; readonly tone: Tone; readonly word: string };

const STEPS = {
  planned: { glyph: "circle", tone: "plain", word: "planned" },
  running: { glyph: "ring", tone: "move", word: "running" },
  held: { glyph: "bars", tone: "ask", word: "held" },
  done: { glyph: "check", tone: "good", word: "done" },
  failed: { glyph: "cross", tone: "stop", word: "failed" },
  skipped: { glyph: "dash", tone: "plain", word: "skipped" },
  undone: { glyph: "bentArrow", tone: "back", word: "undone" },
  unknown: { glyph: "question", tone: "unknown", word: "unknown" },
} as const satisfies Record<string, Look>;

const GATES = {
  ahead: { glyph: "diamond", tone: "plain", word: "gate, ahead" },
  waiting: { glyph: "diamond", tone: "ask", word: "gate, waits" },
  open: { glyph: "diamondFilled", tone: "good", word: "gate, open" },
  nogo: { glyph: "diamondCrossed", tone: "stop", word: "gate, NO-GO" },
} as const satisfies Record<string, Look>;

const DECISIONS = {
  valid: { glyph: "key", tone: "good", word: "valid" },
  suspended: { glyph: "key", tone: "ask", word: "suspended" },
  void: { glyph: "key", tone: "stop", word: "void" },
  spent: { glyph: "key", tone: "plain", word: "spent" },
} as const satisfies Record<string, Look>;

const CHECKS = {
  pass: { glyph: "check", tone: "good", word: "passes" },
  fail: { glyph: "cross", tone: "stop", word: "fails" },
  stale: { glyph: "clock", tone: "ask", word: "stale" },
  person: { glyph: "person", tone: "ask", word: "waits for a person" },
  waived: { glyph: "triangle", tone: "ask", word: "waived" },
  pending: { glyph: "clock", tone: "plain", word: "not yet" },
  unknown: { glyph: "question", tone: "unknown", word: "unknown" },
} as const satisfies Record<string, Look>;

export type StepMarkState = keyof typeof STEPS;
export type GateMarkState = keyof typeof GATES;
export type DecisionMarkState = keyof typeof DECISIONS;
export type CheckMarkState = keyof typeof CHECKS;

function Mark(props: { look: Look; withWord: boolean }) {
  const { glyph, tone, word } = props.look;
  return (
    <span className={clsx("inline-flex items-center gap-2", TONE_TEXT[tone], word === "void" && "line-through")}>
      <Glyph name={glyph} />
      <span className={props.withWord ? undefined : "sr-only"}>{word}</span>
    </span>
  );
}

/** The state of a step: its glyph, and its word for whoever cannot see it (or, `withWord`, for everyone). */
export function StepMark(props: { state: StepMarkState; withWord?: boolean }) {
  return <Mark look={STEPS[props.state]} withWord={props.withWord ?? false} />;
}

/** The state of a gate. One that is still ahead is neutral; it turns amber only when it waits. */
export function GateMark(props: { state: GateMarkState; withWord?: boolean }) {
  return <Mark look={GATES[props.state]} withWord={props.withWord ?? false} />;
}

/** The life of a signed decision. */
export function DecisionMark(props: { state: DecisionMarkState; withWord?: boolean }) {
  return <Mark look={DECISIONS[props.state]} withWord={props.withWord ?? false} />;
}

/** The verdict of a criterion, a checklist item or a delivery. */
export function CheckMark(props: { state: CheckMarkState; withWord?: boolean }) {
  return <Mark look={CHECKS[props.state]} withWord={props.withWord ?? false} />;
}
