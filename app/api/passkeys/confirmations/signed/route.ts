import { z } from "zod";
import { confirmPasskey } from "../../../../../server/identity/confirmations.ts";
import { house } from "../../../../../server/identity/door.ts";
import { AssertionResponse } from "../../../../../server/identity/webAuthn.ts";
import { answering, NotServed, requireBody, requirePerson } from "../../../answers.ts";

const SignBody = z.strictObject({ challengeId: z.uuid(), credential: AssertionResponse });

/** Takes the second person's signature over what confirms a passkey. */
export function POST(request: Request) {
  return answering(async () => {
    const person = await requirePerson(request, "approver");
    const body = await requireBody(request, SignBody);
    const { prisma, settings } = house();
    if (!(await confirmPasskey(prisma, settings, person, body))) {
      throw new NotServed({
        code: "refused",
        message: "The signature does not fit what was asked. Nothing was confirmed.",
        todo: "Try again; the question is valid for five minutes.",
      });
    }
    return Response.json({ confirmed: true });
  });
}
