import { Role } from "../../domain/run/actor.ts";
import type { SignedIn } from "./actor.ts";
import type { Auth } from "./auth.ts";

/** The person of a request's session cookie; undefined when there is none or it is over. Used by the routes and by the browser gateway. */
export async function personOf(auth: Auth, headers: Headers): Promise<SignedIn | undefined> {
  const session = await auth.api.getSession({ headers });
  if (!session) return undefined;
  const role = Role.safeParse(session.user.role);
  return {
    userId: session.user.id,
    name: session.user.name,
    email: session.user.email,
    // An unknown role may do the least: a typing mistake in the database must not make an operator.
    role: role.success ? role.data : "viewer",
    groups: session.user.groups ?? [],
  };
}
