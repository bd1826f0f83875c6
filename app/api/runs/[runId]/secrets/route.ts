import { RunId } from "../../../../../domain/ids.ts";
import { SealSecretBody } from "../../../../../protocol/http/orders.ts";
import { house } from "../../../../../server/identity/door.ts";
import { keepSealedSecret } from "../../../../../server/runs/secretCommands.ts";
import { answering, NotServed, notFound, requireBody, requireParameter, requirePerson } from "../../../answers.ts";
import { onceFor } from "../../../orderKey.ts";
import { orderResponse } from "../orderResponse.ts";

/** A passphrase that was made and sealed in the browser. The server forwards it and can't open it. */
export function POST(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    const actor = await requirePerson(request);
    const runId = requireParameter((await params).runId, RunId);
    const body = await requireBody(request, SealSecretBody);
    const kept = await keepSealedSecret(house(), actor, runId, body, onceFor(request, actor, body));
    if (kept === "noSuchSecret") throw notFound("passphrase");
    if (kept === "wrongRecipient") {
      throw new NotServed({
        code: "refused",
        because: "secretMissing",
        message: "It was sealed to a key that the host did not make for this run. It was not kept.",
        todo: "Read the page again and seal it anew.",
      });
    }
    return orderResponse(kept);
  });
}
