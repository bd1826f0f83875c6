import type { Readme } from "./readmeParts.ts";
import { list, onLine } from "./readmeParts.ts";
import { criteriaLists, gateText, item, otherItems } from "./readmeSteps.ts";
import { readmeTail } from "./readmeTail.ts";

/** The page that stands beside the scripts: in which order, where people decide, and what undoes what. */
export function scriptReadme(readme: Readme): string {
  const { compiled } = readme.writing;
  const { runbook } = compiled;
  return `${[
    `# ${onLine(runbook.title)}, by hand`,
    intro(readme),
    "## How a script behaves",
    BEHAVIOUR,
    "## Preparation",
    list(compiled.measures.map((step) => item(step, readme))),
    otherItems(readme),
    `**GO.** ${gateText("Before the first step", runbook.approval)}`,
    ...criteriaLists(readme),
    ...runbook.phases.flatMap((phase) => [
      `## ${onLine(phase.title)}`,
      list(compiled.steps.filter((step) => step.phase.id === phase.id).map((step) => item(step, readme))),
    ]),
    "## Rollback",
    ...(runbook.rollback.notes === undefined ? [] : [onLine(runbook.rollback.notes)]),
    "In this order, and of it only what undoes something that was begun:",
    list(compiled.rollbackSteps.map((step) => item(step, readme))),
    ...readmeTail(readme),
  ]
    .filter((part) => part !== "")
    .join("\n\n")}\n`;
}

function intro({ writing, origin, role }: Readme): string {
  const { runbook, digests } = writing.compiled;
  return [
    `Written by slackwater-agent ${origin.version} on ${origin.writtenAt} from \`${origin.file}\`: runbook ${runbook.id} ${onLine(runbook.version)}, SHA-256 \`${digests.whole}\`.`,
    `The scripts are for the host **${role}**, ${onLine(runbook.hosts[role]?.title ?? "")}, and for those who must do it without the dashboard and without an agent. They do what the agent would do, in its words.`,
    "Nobody's signature is checked here, no trigger watches and nothing is rolled back by itself: who runs them is all of that. On a host whose agent still runs, `slackwater-agent hold` comes first.",
  ].join("\n");
}

const BEHAVIOUR = [
  "- Run as root, with bash 4.4 or newer. `bash -n` and `shellcheck` have nothing to say about it; read it before you run it.",
  "- One that changes something asks for the word that it names; `--yes` answers that, and nothing else. It stops at the first thing that is not as it should be.",
  "- What no command does is said as `BY HAND`, and the script waits for the word `done`.",
  "- A passphrase is read from the file that `SLACKWATER_SECRET_<NAME>_FILE` names, with its path from the root, or is typed twice. A path that an earlier script found out is read from `SLACKWATER_FACT_<NAME>`, or asked for.",
  "- It ends with 0 when everything was done, with 1 when it refused or something failed, with 3 when it lacks something and has done nothing.",
  "- What must hold afterwards stands at its head, in the runbook's own words: `result` is what the script prints, `facts` are what earlier ones printed. Where it does not judge that itself, you do.",
].join("\n");
