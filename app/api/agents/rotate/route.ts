import { Instant } from "../../../../domain/time.ts";
import { RotateBody } from "../../../../protocol/http/enrolment.ts";
import { rotateKey } from "../../../../server/hosts/rotateKey.ts";
import { house } from "../../../../server/identity/door.ts";
import { answering, issuesText } from "../../answers.ts";

/** Gives a host another key. The signatures of both keys are the whole authority of this call: no session is asked for. */
export function POST(request: Request) {
  return answering(async () => {
    const body = RotateBody.safeParse(await request.json().catch(() => undefined));
    if (!body.success) {
      return Response.json({ because: "bodyInvalid", message: issuesText(body.error) }, { status: 422 });
    }
    const refusal = await rotateKey(house(), body.data, Instant.parse(Date.now()));
    return refusal === undefined ? new Response(null, { status: 204 }) : Response.json(refusal, { status: 409 });
  });
}
