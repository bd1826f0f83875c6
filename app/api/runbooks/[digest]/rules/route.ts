import { Digest } from "../../../../../domain/ids.ts";
import { house } from "../../../../../server/identity/door.ts";
import { rulesOf } from "../../../../../server/runbooks/rules.ts";
import { answering, notFound, requireParameter } from "../../../answers.ts";
import { requireCaller } from "../../../caller.ts";

/** A runbook's triggers as alerting rules of Prometheus; with `?tests`, the tests of them for promtool. */
export function GET(request: Request, { params }: { params: Promise<{ digest: string }> }) {
  return answering(async () => {
    await requireCaller(request, "read");
    const digest = requireParameter((await params).digest, Digest);
    const what = new URL(request.url).searchParams.has("tests") ? "tests" : "rules";
    const file = await rulesOf(house().prisma, digest, what);
    if (!file) throw notFound("runbook");
    return new Response(file.text, {
      headers: {
        "content-type": "application/yaml",
        "content-disposition": `attachment; filename="${file.name}"`,
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
      },
    });
  });
}
