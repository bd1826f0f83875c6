import type { z } from "zod";
import type { TaskId } from "../../domain/ids.ts";
import { TaskId as TaskIdSchema } from "../../domain/ids.ts";
import type { AgentFrame } from "../../protocol/agent.ts";
import { MAX_FRAME_BYTES, ServerFrame } from "../../protocol/agent.ts";
import { isNestedTooDeep, TOO_DEEP } from "../../protocol/nesting.ts";

/** A frame as it was read, or why it could not be. */
export type ReadFrame =
  | { readonly understood: true; readonly frame: ServerFrame }
  | {
      readonly understood: false;
      readonly issues: readonly string[];
      /** Present when it was meant as a task: its sender waits for an answer under this id. */
      readonly taskId?: TaskId;
      /** True for a frame that says that ours was not understood: it is never answered in kind. */
      readonly isAnswer: boolean;
    };

const MAX_ISSUES = 20;
const MAX_ISSUE_LENGTH = 400;

/** Reads one text message of the server's. Never throws. */
export function readFrame(text: string): ReadFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { understood: false, issues: ["not JSON"], isAnswer: false };
  }
  const isTooDeep = isNestedTooDeep(value);
  const parsed = isTooDeep ? undefined : ServerFrame.safeParse(value);
  if (parsed?.success) return { understood: true, frame: parsed.data };
  const taskId = TaskIdSchema.safeParse(at(at(value, "order"), "taskId"));
  return {
    understood: false,
    issues: parsed === undefined ? [TOO_DEEP] : issuesOf(parsed.error),
    isAnswer: at(value, "type") === "notUnderstood",
    ...(at(value, "type") === "task" && taskId.success ? { taskId: taskId.data } : {}),
  };
}

/** What was wrong, each with its place, in the room that a `notUnderstood` has for it. */
function issuesOf(error: z.ZodError): string[] {
  return error.issues
    .slice(0, MAX_ISSUES)
    .map((issue) => `${issue.path.join(".") || "frame"}: ${issue.message}`.slice(0, MAX_ISSUE_LENGTH));
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

/** A frame as it travels. Throws a RangeError for one that the other side would refuse for its size: that is our mistake. */
export function writeFrame(frame: AgentFrame): string {
  const text = JSON.stringify(frame);
  if (text.length * 3 > MAX_FRAME_BYTES && Buffer.byteLength(text) > MAX_FRAME_BYTES) {
    throw new RangeError(`a ${frame.type} frame of ${Buffer.byteLength(text)} bytes is too large to send`);
  }
  return text;
}
