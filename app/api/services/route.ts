import { CreateServiceBody } from "../../../protocol/http/services.ts";
import { house } from "../../../server/identity/door.ts";
import { createService } from "../../../server/services/commands.ts";
import { listServices } from "../../../server/services/queries.ts";
import { answering, NotServed, requireBody } from "../answers.ts";
import { requireCaller } from "../caller.ts";
import { onceFor } from "../orderKey.ts";

/** Every service. */
export function GET(request: Request) {
  return answering(async () => {
    await requireCaller(request, "read");
    return Response.json(await listServices(house().prisma));
  });
}

/** A new service. */
export function POST(request: Request) {
  return answering(async () => {
    const actor = await requireCaller(request, "order", "operator");
    const body = await requireBody(request, CreateServiceBody);
    const service = await createService(body, onceFor(request, actor, body));
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
