import { EnrolBody } from "../../../../protocol/http/enrolment.ts";
import { enrolHost } from "../../../../server/hosts/commands.ts";
import { house } from "../../../../server/identity/door.ts";
import { answering, issuesText } from "../../answers.ts";

/** Enrols a host. The one-time token is the whole authority of this call: no session is asked for. */
export function POST(request: Request) {
  return answering(async () => {
    const body = EnrolBody.safeParse(await request.json().catch(() => undefined));
    if (!body.success) {
      return Response.json({ because: "bodyInvalid", message: issuesText(body.error) }, { status: 422 });
    }
    const { prisma, settings } = house();
    const answer = await enrolHost(prisma, settings, body.data);
    return Response.json(answer, { status: "hostId" in answer ? 200 : 409 });
  });
}
