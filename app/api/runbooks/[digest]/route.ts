import { Digest } from "../../../../domain/ids.ts";
import { house } from "../../../../server/identity/door.ts";
import { viewRunbook } from "../../../../server/runbooks/queries.ts";
import { answering, notFound, requireParameter } from "../../answers.ts";
import { requireCaller } from "../../caller.ts";

/** One version of a runbook. */
export function GET(request: Request, { params }: { params: Promise<{ digest: string }> }) {
  return answering(async () => {
    await requireCaller(request, "read");
    const runbook = await viewRunbook(house().prisma, requireParameter((await params).digest, Digest));
    if (!runbook) throw notFound("runbook");
    return Response.json(runbook);
  });
}
