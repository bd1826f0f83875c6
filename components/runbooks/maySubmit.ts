import type { Role } from "../../domain/run/actor.ts";

/** Whether a role may add versions of runbooks and plan windows. The routes check it; this is for what a page offers. */
export function maySubmit(role: Role): boolean {
  return role === "operator" || role === "approver" || role === "admin";
}
