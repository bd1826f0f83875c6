import type { Role } from "../../domain/run/actor.ts";

/** One person of the demo. Everybody signs in with the same password, which is printed. */
export interface DemoPerson {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly groups: readonly string[];
  readonly does: string;
}

/** Long enough for the product's own rule; it is printed, so it protects nothing: the demo listens on loopback only. */
export const DEMO_PASSWORD = "slack-water-demo";

/** A person for each role. Whoever plans a window never decides on it: that is why there are two who can plan and two who decide. */
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  { name: "Ada Admin", email: "ada@demo.localhost", role: "admin", groups: [], does: "adds hosts and people" },
  {
    name: "Olga Operator",
    email: "olga@demo.localhost",
    role: "operator",
    groups: ["operator"],
    does: "plans and prepares windows",
  },
  {
    name: "Oren Operator",
    email: "oren@demo.localhost",
    role: "operator",
    groups: ["operator"],
    does: "starts and drives runs",
  },
  {
    name: "Anna Approver",
    email: "anna@demo.localhost",
    role: "approver",
    groups: ["approver"],
    does: "signs GO or NO-GO",
  },
  {
    name: "Aron Approver",
    email: "aron@demo.localhost",
    role: "approver",
    groups: ["approver"],
    does: "signs GO or NO-GO",
  },
  {
    name: "Sara Support",
    email: "sara@demo.localhost",
    role: "support",
    groups: ["support"],
    does: "copies the status text",
  },
  { name: "Vera Viewer", email: "vera@demo.localhost", role: "viewer", groups: [], does: "watches" },
];

/** The person with a role; the first one, unless another is asked for. */
export function demoPerson(role: Role, index = 0): DemoPerson {
  const person = DEMO_PEOPLE.filter((one) => one.role === role)[index];
  if (person === undefined) throw new TypeError(`the demo has no ${role} number ${index}`);
  return person;
}
