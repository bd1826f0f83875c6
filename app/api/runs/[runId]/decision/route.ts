import { z } from "zod";
import { RunId } from "../../../../../domain/ids.ts";
import { house } from "../../../../../server/identity/door.ts";
import { AssertionResponse } from "../../../../../server/identity/webAuthn.ts";
import { signDecision } from "../../../../../server/runs/decisionCommands.ts";
import { answering, requireBody, requireParameter, requirePerson } from "../../../answers.ts";
import { orderResponse } from "../orderResponse.ts";

const SignBody = z.strictObject({ challengeId: z.uuid(), credential: AssertionResponse });

/** The passkey's answer to a statement: a signed decision. */
export function POST(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    const actor = await requirePerson(request, "approver");
    const runId = requireParameter((await params).runId, RunId);
    const body = await requireBody(request, SignBody);
    return orderResponse(await signDecision(house(), actor, runId, body));
  });
}
