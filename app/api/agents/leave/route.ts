import { Instant } from "../../../../domain/time.ts";
import { LeaveBody } from "../../../../protocol/http/enrolment.ts";
import { leaveHost } from "../../../../server/hosts/leave.ts";
import { house } from "../../../../server/identity/door.ts";
import { answering, issuesText } from "../../answers.ts";

/** Takes a host off the list. Its own signature is the whole authority of this call: no session is asked for. */
export function POST(request: Request) {
  return answering(async () => {
    const body = LeaveBody.safeParse(await request.json().catch(() => undefined));
    if (!body.success) {
      return Response.json({ because: "bodyInvalid", message: issuesText(body.error) }, { status: 422 });
    }
    const refusal = await leaveHost(house(), body.data, Instant.parse(Date.now()));
    return refusal === undefined ? new Response(null, { status: 204 }) : Response.json(refusal, { status: 409 });
  });
}
