import type { RunId, StepId, TaskId } from "../../../domain/ids.ts";
import { toSafeText } from "../../../domain/text/safeText.ts";
import type { Instant } from "../../../domain/time.ts";
import type { LiveHub } from "../hub.ts";

/** Shows a task's output as it is stored, as text that is safe to show. */
export interface LiveText {
  /** Bytes that begin at `offset` of the whole output. */
  show(offset: number, bytes: Buffer, at: Instant): void;
  /** Bytes are missing from here on. */
  skip(): void;
}

/**
 * Most bytes shown of one storing. A program that writes faster is not read by anyone while it does; the page sees that the
 * offsets leave something out and can read it.
 */
const MOST_BYTES = 16 * 1024;

/** Makes the live view of one task's output. */
export function createLiveText(
  hub: LiveHub,
  of: { readonly runId: RunId; readonly taskId: TaskId; readonly stepId: StepId },
): LiveText {
  // The beginning of a character whose end has not come yet: at most three bytes.
  let kept: Buffer = Buffer.alloc(0);
  return {
    show(offset, bytes, at) {
      const all = Buffer.concat([kept, bytes]);
      const allOffset = offset - kept.length;
      const whole = all.subarray(0, all.length - unfinishedBytes(all));
      kept = Buffer.from(all.subarray(whole.length));
      const from = startOfCharacter(whole, Math.max(0, whole.length - MOST_BYTES));
      const shown = whole.subarray(from);
      if (shown.length === 0) return;
      const { runId, taskId, stepId } = of;
      const first = allOffset + from;
      hub.publish(
        `run:${runId}`,
        {
          type: "output",
          runId,
          taskId,
          stepId,
          offset: first,
          endOffset: first + shown.length,
          at,
          text: toSafeText(shown),
        },
        { volatile: true },
      );
    },
    skip() {
      kept = Buffer.alloc(0);
    },
  };
}

/** How many bytes at the end begin a character of UTF-8 that is not complete. */
export function unfinishedBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    if (byte < 0xc2 || byte > 0xf4) return 0;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}

/** The first place from `at` on where no character is in its middle. */
function startOfCharacter(bytes: Uint8Array, at: number): number {
  let place = at;
  while (place > 0 && place < bytes.length && place < at + 3 && ((bytes[place] ?? 0) & 0xc0) === 0x80) place += 1;
  return place;
}
