import { house } from "../../../../server/identity/door.ts";

/** Sign-in, sign-out, session and passkey log-in: served by better-auth. */
const serve = (request: Request) => house().auth.handler(request);

export { serve as GET, serve as POST };
