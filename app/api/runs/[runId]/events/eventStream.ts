import type { Problem } from "../../../../../protocol/http/problem.ts";
import type { Followed } from "../../../../../server/runs/followRun.ts";

/**
 * A response with what is followed, as server-sent events. It asks for more only when its reader took what there was.
 *
 * @param stillMay asked before each piece: what a new request would be refused with now, if it would
 */
export function eventStream(
  followed: AsyncGenerator<Followed, void, void>,
  left: AbortController,
  stillMay: () => Promise<Problem | undefined>,
): Response {
  const encoder = new TextEncoder();
  const leave = async (): Promise<void> => {
    left.abort();
    await followed.return();
  };
  const next = async (): Promise<string | undefined> => {
    const { value, done } = await followed.next();
    if (done) return undefined;
    const problem = value.kind === "over" ? undefined : await stillMay();
    if (!problem) return textOf(value);
    await leave();
    return `event: refused\ndata: ${JSON.stringify(problem)}\n\n`;
  };
  const body = new ReadableStream<Uint8Array>(
    {
      // At once, so that the reader knows that it is followed, however long nothing happens.
      start: (controller) => controller.enqueue(encoder.encode(": following\n\n")),
      async pull(controller) {
        try {
          const text = await next();
          if (text === undefined) controller.close();
          else controller.enqueue(encoder.encode(text));
        } catch (error) {
          // The reader is cut off, and comes again from where it was.
          await leave();
          throw error;
        }
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      // Whoever compresses or gathers it on the way would hold events back.
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    },
  });
}

/** JSON has no line breaks, so that each message is one line of data. */
function textOf(followed: Followed): string {
  switch (followed.kind) {
    case "events":
      return followed.events.map((event) => `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`).join("");
    case "quiet":
      return ": still here\n\n";
    case "over": {
      const { headSeq, outcome } = followed;
      return `id: ${headSeq}\nevent: over\ndata: ${JSON.stringify({ headSeq, outcome })}\n\n`;
    }
    default:
      return followed satisfies never;
  }
}
