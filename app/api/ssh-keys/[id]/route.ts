import { z } from "zod";
import { house } from "../../../../server/identity/door.ts";
import { removeSshKey } from "../../../../server/identity/sshKeys.ts";
import { answering, notFound, requireParameter, requirePerson } from "../../answers.ts";

/** Takes an SSH key of the person who asks off the record. */
export function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }) {
  return answering(async () => {
    const person = await requirePerson(request);
    const id = requireParameter((await params).id, z.uuid());
    if (!(await removeSshKey(house().prisma, person, id))) throw notFound("key");
    return Response.json({ removed: true });
  });
}
