import { RegisterPasskeyBody } from "../../../protocol/http/identity.ts";
import { house } from "../../../server/identity/door.ts";
import { beginRegistration, finishRegistration } from "../../../server/identity/passkeys.ts";
import { nameAt } from "../../../server/identity/settings.ts";
import { answering, NotServed, requireBody, requirePerson } from "../answers.ts";

/** Options for a new passkey of the person who asks. */
export function GET(request: Request) {
  return answering(async () => {
    const person = await requirePerson(request);
    const { prisma, settings } = house();
    const name = nameAt(settings, request.headers.get("host"));
    return Response.json(await beginRegistration(prisma, name, person));
  });
}

/** The authenticator's answer: stores the passkey. */
export function POST(request: Request) {
  return answering(async () => {
    const person = await requirePerson(request);
    const body = await requireBody(request, RegisterPasskeyBody);
    const { prisma, settings } = house();
    const software = body.software === true;
    if (software && !settings.allowSoftwarePasskey) {
      throw new NotServed({
        code: "notAllowed",
        message: "This server takes no software passkeys.",
        todo: "Use the passkey of a device.",
      });
    }
    const stored = await finishRegistration(prisma, settings, person, { ...body, software });
    if (!stored) {
      throw new NotServed({
        code: "refused",
        message: "The passkey's answer does not fit what was asked.",
        todo: "Try again; the question is valid for five minutes.",
      });
    }
    return Response.json(stored, { status: 201 });
  });
}
