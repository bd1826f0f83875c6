import { apiDocument } from "../../../protocol/http/api/document.ts";

/** The description of the API that scripts may use, OpenAPI 3.1. It says nothing of this server's data, and needs no session. */
export function GET() {
  return Response.json(apiDocument());
}
