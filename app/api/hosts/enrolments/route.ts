import { CreateEnrolmentBody } from "../../../../protocol/http/hosts.ts";
import { createEnrolment } from "../../../../server/hosts/commands.ts";
import { house } from "../../../../server/identity/door.ts";
import { answering, requireBody } from "../../answers.ts";
import { requireCaller } from "../../caller.ts";
import { refuseKey } from "../../orderKey.ts";

/** A token that enrols one host; shown once. */
export function POST(request: Request) {
  return answering(async () => {
    const actor = await requireCaller(request, "admin", "admin");
    refuseKey(request);
    const { hostName } = await requireBody(request, CreateEnrolmentBody);
    const { prisma, settings } = house();
    return Response.json(await createEnrolment(prisma, settings, actor, hostName), { status: 201 });
  });
}
