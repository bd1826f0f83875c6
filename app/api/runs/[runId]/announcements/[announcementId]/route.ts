import { z } from "zod";
import { RunId } from "../../../../../../domain/ids.ts";
import { IanaZone } from "../../../../../../domain/time.ts";
import { house } from "../../../../../../server/identity/door.ts";
import { viewAnnouncement } from "../../../../../../server/runs/announcementQueries.ts";
import { answering, notFound, requireParameter } from "../../../../answers.ts";
import { requireCaller } from "../../../../caller.ts";

/** An announcement as it would read now; `?zone=` for a reader in another time zone. */
export function GET(request: Request, { params }: { params: Promise<{ runId: string; announcementId: string }> }) {
  return answering(async () => {
    await requireCaller(request, "read");
    const { runId, announcementId } = await params;
    const zone = requireParameter(new URL(request.url).searchParams.get("zone") ?? undefined, IanaZone.optional());
    const run = requireParameter(runId, RunId);
    const view = await viewAnnouncement(house(), run, requireParameter(announcementId, z.string().max(63)), zone);
    if (!view) throw notFound("announcement");
    return Response.json(view);
  });
}
