import type { ActionClass } from "../../domain/action/defineAction.ts";

/** What the class of an action needs before its host carries it out: a sentence for each action, and all of it for the index. */
export const CLASS_NEEDS: Readonly<Record<ActionClass, { readonly short: string; readonly whole: string }>> = {
  observe: {
    short: "no decision; it only reads.",
    whole:
      "Reads, and changes nothing. Needs no decision: it is enough that `actions` of agent.yaml names it, and that what it looks at is allowed there. At any time.",
  },
  safe: {
    short: "no decision; it brings a service or a mount back.",
    whole:
      "Brings a service, a mount or a configuration back, so that a rollback never waits for a person. Needs no decision: it is enough that agent.yaml allows it. At any time.",
  },
  change: {
    short: "decisions of pinned approvers in the window, or a standing grant.",
    whole:
      "Changes what can be put back. Needs a GO, signed by enough of the approvers that agent.yaml pins, at every gate in front of its step; forward until the window ends, in a rollback until the latest end that they signed. In the checklist, and after the window, it runs only if `standing` of agent.yaml names it.",
  },
  destroy: {
    short: "decisions of pinned approvers in the window; never by a standing grant or in a rollback.",
    whole:
      "Overwrites, formats or drops. Needs a GO as `change` does, and has no other way: `standing` never covers it, and it is refused in a rollback, which no GO covers.",
  },
};
