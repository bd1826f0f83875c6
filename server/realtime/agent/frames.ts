import { storable } from "../../../domain/text/storable.ts";
import type { ServerFrame } from "../../../protocol/agent.ts";
import { AgentFrame } from "../../../protocol/agent.ts";
import { isNestedTooDeep, TOO_DEEP } from "../../../protocol/nesting.ts";

/** An agent's frame as it was read, or what is wrong with it, each with its place. */
export type ReadFrame =
  | { readonly understood: true; readonly frame: AgentFrame }
  | { readonly understood: false; readonly issues: readonly string[]; readonly isAnswer: boolean };

const MOST_ISSUES = 20;
const LONGEST_ISSUE = 400;

/** NUL and surrogates can only stand in JSON as escapes; frames without any are not walked through (ten a second of each task). */
const UNSTORABLE = /\\u(?:0000|[dD][89a-fA-F])/;

/** Reads one text message of an agent. Texts in it can be stored and hashed afterwards. Never throws. */
export function readFrame(text: string): ReadFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
    if (isNestedTooDeep(value)) return { understood: false, issues: [TOO_DEEP], isAnswer: false };
    if (text.includes("\\u") && UNSTORABLE.test(text)) value = storable(value);
  } catch {
    return { understood: false, issues: ["not JSON"], isAnswer: false };
  }
  const read = AgentFrame.safeParse(value);
  if (read.success) return { understood: true, frame: read.data };
  const issues = read.error.issues
    .slice(0, MOST_ISSUES)
    .map((issue) => `${issue.path.join(".") || "frame"}: ${issue.message}`.slice(0, LONGEST_ISSUE));
  const isAnswer = typeof value === "object" && value !== null && "type" in value && value.type === "notUnderstood";
  return { understood: false, issues, isAnswer };
}

/** A frame as it travels. */
export function writeFrame(frame: ServerFrame): string {
  return JSON.stringify(frame);
}
