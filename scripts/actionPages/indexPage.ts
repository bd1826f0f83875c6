import type { ActionSpec } from "../../domain/action/defineAction.ts";
import { CLASS_NEEDS } from "./classNeeds.ts";
import { code, linkTo, table } from "./markdown.ts";
import { anchorOfAction, WRITTEN_BY } from "./packPage.ts";

/** The index of all actions by pack, and what each class needs. */
export function indexPage(packs: ReadonlyMap<string, readonly { readonly spec: ActionSpec }[]>): string {
  const rows = [...packs].flatMap(([pack, actions]) =>
    actions.map(({ spec }) => [
      linkTo(code(spec.name), `${pack}.md#${anchorOfAction(spec.name)}`),
      spec.class,
      spec.title,
    ]),
  );
  return `${[
    WRITTEN_BY,
    "# Actions",
    "Everything that an agent can do on a host: what each takes and gives, which programs it needs, what it may fail with, and how it is put back. A host does only what its own agent.yaml allows ([the example](../../agent/agent.example.yaml) explains every key); `slackwater-agent doctor` says what of it works there, `slackwater-agent plan` what a runbook would run.",
    "## What each class needs",
    table(
      ["class", "needs"],
      Object.entries(CLASS_NEEDS).map(([name, { whole }]) => [code(name), whole]),
    ),
    "Why, and what remains open to whoever steals the server: [security](../security.md).",
    "## By pack",
    `Packs: ${[...packs.keys()].map((pack) => linkTo(pack, `${pack}.md`)).join(" · ")}`,
    table(["action", "class", "does"], rows),
  ].join("\n\n")}\n`;
}
