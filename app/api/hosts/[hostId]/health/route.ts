import { z } from "zod";
import { HostId } from "../../../../../domain/ids.ts";
import { healthSince } from "../../../../../server/hosts/queries.ts";
import { house } from "../../../../../server/identity/door.ts";
import { answering, requireParameter } from "../../../answers.ts";
import { requireCaller } from "../../../caller.ts";

/** Stored health of a host since `?since=` (ms), oldest first; what is newer than ten seconds comes by socket. */
export function GET(request: Request, { params }: { params: Promise<{ hostId: string }> }) {
  return answering(async () => {
    await requireCaller(request, "read");
    const hostId = requireParameter((await params).hostId, HostId);
    const since = requireParameter(
      new URL(request.url).searchParams.get("since") ?? "0",
      z.coerce.number().int().min(0),
    );
    return Response.json(await healthSince(house().prisma, hostId, since));
  });
}
