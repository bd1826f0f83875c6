import { z } from "zod";
import { RunId } from "../../../../../domain/ids.ts";
import { SshSignatureBody } from "../../../../../protocol/http/identity.ts";
import { house } from "../../../../../server/identity/door.ts";
import { AssertionResponse } from "../../../../../server/identity/webAuthn.ts";
import { signDecision } from "../../../../../server/runs/decisionCommands.ts";
import { answering, requireBody, requireParameter, requirePerson } from "../../../answers.ts";
import { orderResponse } from "../orderResponse.ts";

const SignBody = z.union([
  z.strictObject({ challengeId: z.uuid(), credential: AssertionResponse }),
  z.strictObject({ challengeId: z.uuid(), ssh: SshSignatureBody }),
]);

/** The answer of a passkey or an SSH key to a statement: a signed decision. */
export function POST(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    const actor = await requirePerson(request, "approver");
    const runId = requireParameter((await params).runId, RunId);
    const body = await requireBody(request, SignBody);
    return orderResponse(await signDecision(house(), actor, runId, body));
  });
}
