import { house } from "../../../../server/identity/door.ts";
import { listTrustedKeys } from "../../../../server/identity/trust.ts";
import { answering, requirePerson } from "../../answers.ts";

/** Approvers' public keys, as they stand in a host's agent.yaml. */
export function GET(request: Request) {
  return answering(async () => {
    const person = await requirePerson(request);
    const { prisma, settings } = house();
    return Response.json(await listTrustedKeys(prisma, settings, person));
  });
}
