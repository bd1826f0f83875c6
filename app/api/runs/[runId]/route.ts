import { RunId } from "../../../../domain/ids.ts";
import { house } from "../../../../server/identity/door.ts";
import { viewRun } from "../../../../server/runs/queries.ts";
import { readerOf } from "../../../../server/runs/reader.ts";
import { answering, notFound, requireParameter } from "../../answers.ts";
import { requireCaller } from "../../caller.ts";

/** The view of a run for every page of its window, with what this reader may do now. */
export function GET(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    const person = await requireCaller(request, "read");
    const runId = requireParameter((await params).runId, RunId);
    const run = await viewRun(house(), runId);
    if (!run) throw notFound("run");
    return Response.json({ run, reader: readerOf(run, person) });
  });
}
