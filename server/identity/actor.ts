import type { TokenScope } from "../../domain/identity/tokenScope.ts";
import type { Role } from "../../domain/run/actor.ts";

/** Who asks: the person of a session or of a token, with role and groups as they are now. Only the gates beside this file make one. */
export interface SignedIn {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly groups: readonly string[];
  /** A script asks in the person's name, by this token of theirs; absent where the person does. */
  readonly token?: { readonly id: string; readonly scope: TokenScope };
}

/** True where the person's role is one of those named, or admin. */
export function hasRole(person: SignedIn, ...roles: readonly Role[]): boolean {
  return person.role === "admin" || roles.includes(person.role);
}
