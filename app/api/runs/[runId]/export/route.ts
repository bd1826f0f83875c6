import { RunId } from "../../../../../domain/ids.ts";
import { house } from "../../../../../server/identity/door.ts";
import { exportedRun } from "../../../../../server/runs/exportRun.ts";
import { answering, notFound, requireParameter } from "../../../answers.ts";
import { requireCaller } from "../../../caller.ts";

/** The run as a file for `slackwater verify`: its log, its runbook, the public keys of those who decided. */
export function GET(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    await requireCaller(request, "read");
    const runId = requireParameter((await params).runId, RunId);
    const file = await exportedRun(house(), runId);
    if (!file) throw notFound("run");
    // Bytes and not text: the file is checked byte by byte, so nothing on the way may find it worth converting.
    return new Response(new TextEncoder().encode(file.text), {
      headers: {
        "content-type": "application/octet-stream",
        "content-disposition": `attachment; filename="${file.name}"`,
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
      },
    });
  });
}
