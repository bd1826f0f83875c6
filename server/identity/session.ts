import { Role } from "../../domain/run/actor.ts";
import type { SignedIn } from "./actor.ts";
import type { Auth } from "./auth.ts";

/** The person of a request's session cookie; undefined when there is none or it is over. Used by the routes and by the browser gateway. */
export async function personOf(auth: Auth, headers: Headers): Promise<SignedIn | undefined> {
  const session = await auth.api.getSession({ headers });
  return session ? personOnRecord(session.user) : undefined;
}

/** A person as they are on record now. */
export function personOnRecord(user: {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly groups?: readonly string[] | null;
}): SignedIn {
  const role = Role.safeParse(user.role);
  return {
    userId: user.id,
    name: user.name,
    email: user.email,
    // An unknown role may do the least: a typing mistake in the database must not make an operator.
    role: role.success ? role.data : "viewer",
    groups: user.groups ?? [],
  };
}
