import { z } from "zod";
import { house } from "../../../server/identity/door.ts";
import { createService } from "../../../server/services/commands.ts";
import { listServices } from "../../../server/services/queries.ts";
import { answering, NotServed, requireBody, requirePerson } from "../answers.ts";

const CreateServiceBody = z.strictObject({
  slug: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "Lower-case letters, digits and hyphens."),
  name: z.string().trim().min(1, "Give the service the name that users know.").max(120),
  description: z.string().max(400).default(""),
});

/** Every service. */
export function GET(request: Request) {
  return answering(async () => {
    await requirePerson(request);
    return Response.json(await listServices(house().prisma));
  });
}

/** A new service. */
export function POST(request: Request) {
  return answering(async () => {
    await requirePerson(request, "operator");
    const body = await requireBody(request, CreateServiceBody);
    const service = await createService(house().prisma, body);
    if (!service) {
      throw new NotServed({
        code: "conflict",
        message: "There is a service of that name.",
        fields: { slug: "Taken." },
      });
    }
    return Response.json(service, { status: 201 });
  });
}
