import type { Role } from "../../domain/run/actor.ts";

/** What a role may do, in one sentence. */
export function roleWords(role: Role): string {
  switch (role) {
    case "viewer":
      return "You see everything and order nothing.";
    case "support":
      return "You tell users: you copy announcements and confirm that people were told.";
    case "operator":
      return "You plan and prepare windows, start and drive runs. You never decide on them.";
    case "approver":
      return "You sign GO and NO-GO, with a passkey or an SSH key, on windows that you did not plan.";
    case "admin":
      return "You add people and hosts, and may do what operators do. You don't decide; where an approver can't be reached, you can break the glass.";
    default:
      return role satisfies never;
  }
}
