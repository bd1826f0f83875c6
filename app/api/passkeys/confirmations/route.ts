import { AskConfirmationBody } from "../../../../protocol/http/identity.ts";
import { askConfirmation, listWaiting } from "../../../../server/identity/confirmations.ts";
import { house } from "../../../../server/identity/door.ts";
import { nameAt } from "../../../../server/identity/settings.ts";
import { answering, NotServed, notFound, requireBody, requirePerson } from "../../answers.ts";

/** Passkeys of others that wait for a second person: the person who asks, where they may. */
export function GET(request: Request) {
  return answering(async () => {
    const person = await requirePerson(request);
    return Response.json(await listWaiting(house().prisma, person));
  });
}

/** What confirms one of them, as a question for the person's own passkey. */
export function POST(request: Request) {
  return answering(async () => {
    const person = await requirePerson(request, "approver");
    const { passkeyId } = await requireBody(request, AskConfirmationBody);
    const { prisma, settings } = house();
    const name = nameAt(settings, request.headers.get("host"));
    const asked = await askConfirmation(prisma, settings, name, person, passkeyId);
    if (!asked) throw notFound("waiting passkey of somebody else");
    if (asked.keys === 0) {
      throw new NotServed({
        code: "refused",
        message: "You have no passkey that counts yet, and a confirmation is signed with one.",
        todo: "Ask somebody who has one: under the old host name theirs still counts.",
      });
    }
    const { challengeId, options } = asked;
    return Response.json({ challengeId, options });
  });
}
