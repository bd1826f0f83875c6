import { problemResponse } from "../answers.ts";

/** Every address below /api that is nobody's: a script that mistyped one is told so in the form of all refusals, and not by a page. */
const refuse = () =>
  problemResponse({
    code: "notFound",
    message: "There is nothing under this address.",
    todo: "Look into /api/openapi.json, which names every address.",
  });

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as POST, refuse as PUT };
