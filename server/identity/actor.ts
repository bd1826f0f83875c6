import type { Role } from "../../protocol/http/identity.ts";

/** Who asks: the person of a session, with role and groups as they are now. Only the session gate makes one. */
export interface SignedIn {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly groups: readonly string[];
}

const RANK: Readonly<Record<Role, number>> = { viewer: 0, support: 1, operator: 2, approver: 2, admin: 3 };

/** True where the person's role is one of those named, or admin. */
export function hasRole(person: SignedIn, ...roles: readonly Role[]): boolean {
  return person.role === "admin" || roles.includes(person.role);
}

/** True where the person may see more than the public: every role does. Kept apart so that a later role can be shut out here. */
export function mayRead(person: SignedIn): boolean {
  return RANK[person.role] >= RANK.viewer;
}
