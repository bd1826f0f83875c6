import { z } from "zod";
import { house } from "../../../../server/identity/door.ts";
import { revokeToken } from "../../../../server/identity/tokens.ts";
import { answering, notFound, requireParameter, requirePerson } from "../../answers.ts";

/** Revokes a token of the person who asks, from the next request on. */
export function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }) {
  return answering(async () => {
    const person = await requirePerson(request);
    const id = requireParameter((await params).id, z.uuid());
    if (!(await revokeToken(house().prisma, person, id, Date.now()))) throw notFound("token");
    return Response.json({ revoked: true });
  });
}
