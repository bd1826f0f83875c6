import { RunId } from "../../../../../domain/ids.ts";
import { AskStatementBody } from "../../../../../protocol/http/identity.ts";
import { house } from "../../../../../server/identity/door.ts";
import { askStatement } from "../../../../../server/runs/decisionCommands.ts";
import { answering, NotServed, notFound, requireBody, requireParameter, requirePerson } from "../../../answers.ts";

/** The statement that this person would sign now; for a passkey, with the question for it. */
export function POST(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    const actor = await requirePerson(request, "approver");
    const runId = requireParameter((await params).runId, RunId);
    const asked = await requireBody(request, AskStatementBody);
    const answer = await askStatement(house(), actor, runId, asked);
    if (!answer) throw notFound("gate");
    if (answer.keys === 0) throw noKey(asked.signWith);
    return Response.json(answer);
  });
}

function noKey(signWith: "passkey" | "ssh"): NotServed {
  const problem = { code: "refused", because: "badSignature" } as const;
  switch (signWith) {
    case "passkey":
      return new NotServed({
        ...problem,
        message: "You have no passkey yet, and decisions are signed with one.",
        todo: "Add a passkey to your account, then decide.",
      });
    case "ssh":
      return new NotServed({
        ...problem,
        message: "No SSH key is on record as yours, and this decision would be signed with one.",
        todo: "Add the key to your account in the dashboard, then decide.",
      });
    default:
      return signWith satisfies never;
  }
}
