import { RunId } from "../../../../../domain/ids.ts";
import { AskSilenceBody } from "../../../../../protocol/http/silence.ts";
import { house } from "../../../../../server/identity/door.ts";
import { nameAt } from "../../../../../server/identity/settings.ts";
import { askSilence } from "../../../../../server/runs/silenceCommands.ts";
import { answering, NotServed, notFound, requireBody, requireParameter, requirePerson } from "../../../answers.ts";

/** The statement by which this person would silence a trigger now, with the question for their passkey. Signed, it goes to `decision`. */
export function POST(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    const actor = await requirePerson(request, "approver");
    const runId = requireParameter((await params).runId, RunId);
    const asked = await requireBody(request, AskSilenceBody);
    const answer = await askSilence(
      house(),
      actor,
      runId,
      asked,
      nameAt(house().settings, request.headers.get("host")),
    );
    if (!answer) throw notFound("trigger");
    if (answer.keys === 0) {
      throw new NotServed({
        code: "refused",
        because: "badSignature",
        message: "You have no passkey yet, and a silence is signed with one.",
        todo: "Add a passkey to your account, then sign.",
      });
    }
    return Response.json(answer);
  });
}
