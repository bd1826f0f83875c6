import { RunId } from "../../../../../domain/ids.ts";
import { house } from "../../../../../server/identity/door.ts";
import { viewReport } from "../../../../../server/runs/report.ts";
import { answering, notFound, requireParameter } from "../../../answers.ts";
import { requireCaller } from "../../../caller.ts";

/** The report of a run; `?format=markdown` saves it as a file. */
export function GET(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    await requireCaller(request, "read");
    const runId = requireParameter((await params).runId, RunId);
    const report = await viewReport(house(), runId);
    if (!report) throw notFound("run");
    if (new URL(request.url).searchParams.get("format") !== "markdown") return Response.json(report);
    return new Response(report.markdown, {
      headers: {
        "content-type": "text/markdown; charset=utf-8",
        "content-disposition": `attachment; filename="report-${runId}.md"`,
      },
    });
  });
}
