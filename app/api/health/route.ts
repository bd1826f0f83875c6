import { house } from "../../../server/identity/door.ts";

/** Whether the pages can be served: the database answers. For load balancers and for tests that wait for a start. */
export async function GET() {
  try {
    await house().pool.query("select 1");
    return Response.json({ status: "ok" });
  } catch {
    return Response.json({ status: "the database does not answer" }, { status: 503 });
  }
}
