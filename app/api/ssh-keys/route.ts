import { AddSshKeyBody } from "../../../protocol/http/identity.ts";
import { house } from "../../../server/identity/door.ts";
import { addSshKey, beginSshKey } from "../../../server/identity/sshKeys.ts";
import { answering, NotServed, requireBody, requirePerson } from "../answers.ts";

/** What the person who asks signs with an SSH key, to prove that they hold it. */
export function GET(request: Request) {
  return answering(async () => {
    const person = await requirePerson(request);
    const { prisma, settings } = house();
    return Response.json(await beginSshKey(prisma, settings, person));
  });
}

/** The key and the proof: puts it on record. */
export function POST(request: Request) {
  return answering(async () => {
    const person = await requirePerson(request);
    const body = await requireBody(request, AddSshKeyBody);
    const added = await addSshKey(house().prisma, person, body);
    switch (added) {
      case "added":
        return Response.json({ stored: true }, { status: 201 });
      case "badProof":
        throw new NotServed({
          code: "refused",
          message: "This is not this key's signature over the text that was asked for.",
          todo: "Ask for a new text and sign it with this key; a text is valid for five minutes and once.",
        });
      case "takenAlready":
        throw new NotServed({
          code: "conflict",
          message: "This key is on record already.",
          todo: "A key is one person's alone. Make another: ssh-keygen -t ed25519",
        });
      default:
        return added satisfies never;
    }
  });
}
