import { HostId } from "../../../../domain/ids.ts";
import { revokeHost } from "../../../../server/hosts/commands.ts";
import { house } from "../../../../server/identity/door.ts";
import { answering, notFound, requireParameter } from "../../answers.ts";
import { requireCaller } from "../../caller.ts";

/** Revokes a host: its key is not accepted any more. */
export function DELETE(request: Request, { params }: { params: Promise<{ hostId: string }> }) {
  return answering(async () => {
    await requireCaller(request, "admin", "admin");
    const hostId = requireParameter((await params).hostId, HostId);
    if (!(await revokeHost(house(), hostId))) throw notFound("host");
    return new Response(null, { status: 204 });
  });
}
