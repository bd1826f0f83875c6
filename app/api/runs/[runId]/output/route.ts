import { z } from "zod";
import { RunId, TaskId } from "../../../../../domain/ids.ts";
import { toSafeText } from "../../../../../domain/text/safeText.ts";
import { house } from "../../../../../server/identity/door.ts";
import { readOutput, streamOutput } from "../../../../../server/runs/output.ts";
import { answering, requireParameter } from "../../../answers.ts";
import { requireCaller } from "../../../caller.ts";

/** Bytes of output in one answer. */
const LIMIT_BYTES = 256 * 1024;

/** Output of a task from `?from=` on (negative: the last so many bytes) as text that is safe to show; with `?raw=1` all of its bytes, for saving. */
export function GET(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    await requireCaller(request, "read");
    const runId = requireParameter((await params).runId, RunId);
    const query = new URL(request.url).searchParams;
    const taskId = requireParameter(query.get("task"), TaskId);
    const from = requireParameter(query.get("from") ?? "0", z.coerce.number().int());
    if (query.get("raw") === "1") {
      return new Response(streamOutput(house(), runId, taskId), {
        headers: {
          "content-type": "application/octet-stream",
          "content-disposition": `attachment; filename="${taskId}.log"`,
          "x-content-type-options": "nosniff",
        },
      });
    }
    const output = await readOutput(house(), runId, taskId, from, LIMIT_BYTES);
    const { offset, endOffset, totalBytes, bytes } = output;
    return Response.json({ offset, endOffset, totalBytes, text: toSafeText(bytes) });
  });
}
