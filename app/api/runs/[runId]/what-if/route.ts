import { RunId } from "../../../../../domain/ids.ts";
import { Supposition } from "../../../../../protocol/http/runs.ts";
import { house } from "../../../../../server/identity/door.ts";
import { viewWhatIf } from "../../../../../server/runs/whatIf.ts";
import { answering, notFound, requireParameter, requireQuery } from "../../../answers.ts";
import { requireCaller } from "../../../caller.ts";

/** The forecast if a step took longer: `?step=copy&longer=30`, in percent. */
export function GET(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    await requireCaller(request, "read");
    const runId = requireParameter((await params).runId, RunId);
    const view = await viewWhatIf(house(), runId, requireQuery(request, Supposition));
    if (view === undefined) throw notFound("run");
    if (view === "noStep") throw notFound("step");
    return Response.json(view);
  });
}
