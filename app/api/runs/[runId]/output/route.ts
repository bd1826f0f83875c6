import { z } from "zod";
import { RunId, TaskId } from "../../../../../domain/ids.ts";
import { toSafeText } from "../../../../../domain/text/safeText.ts";
import { house } from "../../../../../server/identity/door.ts";
import { readOutput } from "../../../../../server/runs/queries.ts";
import { answering, requireParameter, requirePerson } from "../../../answers.ts";

/** Bytes of output in one answer. */
const LIMIT_BYTES = 256 * 1024;

/** Output of a task from `?from=` on (negative: the last so many bytes): as text that is safe to show, or with `?raw=1` as the bytes themselves, for saving. */
export function GET(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    await requirePerson(request);
    const runId = requireParameter((await params).runId, RunId);
    const query = new URL(request.url).searchParams;
    const taskId = requireParameter(query.get("task"), TaskId);
    const from = requireParameter(query.get("from") ?? "0", z.coerce.number().int());
    const isRaw = query.get("raw") === "1";
    const output = await readOutput(house(), runId, taskId, from, isRaw ? 64 * 2 ** 20 : LIMIT_BYTES);
    if (isRaw) {
      return new Response(new Uint8Array(output.bytes), {
        headers: {
          "content-type": "application/octet-stream",
          "content-disposition": `attachment; filename="${taskId}.log"`,
          "x-content-type-options": "nosniff",
        },
      });
    }
    const { offset, endOffset, totalBytes, bytes } = output;
    return Response.json({ offset, endOffset, totalBytes, text: toSafeText(bytes) });
  });
}
