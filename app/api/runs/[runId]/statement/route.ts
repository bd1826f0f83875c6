import { RunId } from "../../../../../domain/ids.ts";
import { AskStatementBody } from "../../../../../protocol/http/identity.ts";
import { house } from "../../../../../server/identity/door.ts";
import { nameAt } from "../../../../../server/identity/settings.ts";
import { askStatement } from "../../../../../server/runs/decisionCommands.ts";
import { answering, NotServed, notFound, requireBody, requireParameter, requirePerson } from "../../../answers.ts";

/** The statement that this person would sign now, with the question for their passkey. */
export function POST(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    const actor = await requirePerson(request, "approver");
    const runId = requireParameter((await params).runId, RunId);
    const asked = await requireBody(request, AskStatementBody);
    const name = nameAt(house().settings, request.headers.get("host"));
    const statement = await askStatement(house(), actor, runId, asked, name);
    if (!statement) throw notFound("gate");
    if (statement.passkeys === 0) {
      throw new NotServed({
        code: "refused",
        because: "badSignature",
        message: "You have no passkey yet, and decisions are signed with one.",
        todo: "Add a passkey to your account, then decide.",
      });
    }
    return Response.json(statement);
  });
}
