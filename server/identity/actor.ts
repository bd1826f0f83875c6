import type { Role } from "../../domain/run/actor.ts";

/** Who asks: the person of a session, with role and groups as they are now. Only the session gate makes one. */
export interface SignedIn {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly groups: readonly string[];
}

/** True where the person's role is one of those named, or admin. */
export function hasRole(person: SignedIn, ...roles: readonly Role[]): boolean {
  return person.role === "admin" || roles.includes(person.role);
}
