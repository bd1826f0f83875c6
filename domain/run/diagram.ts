import { keysOf } from "../recordKeys.ts";
import { NEXT_GATE_STAGES, NEXT_MEASURE_STAGES, NEXT_STAGES, NEXT_STEP_STAGES } from "./stages.ts";

type Table = Readonly<Record<string, readonly string[]>>;

/** A table of moves as a Mermaid state diagram: `first` is where it begins; a stage without a way out is an end. */
export function stateDiagram(table: Table, first: string): string {
  const lines = ["stateDiagram-v2", `  [*] --> ${first}`];
  for (const from of keysOf(table)) {
    const ways = table[from] ?? [];
    for (const to of ways) lines.push(`  ${from} --> ${to}`);
    if (ways.length === 0 && isReached(table, from)) lines.push(`  ${from} --> [*]`);
  }
  return lines.join("\n");
}

function isReached(table: Table, stage: string): boolean {
  return Object.values(table).some((ways) => ways.includes(stage));
}

const drawn = (title: string, words: string, table: Table, first: string): string =>
  [`## ${title}`, "", words, "", "```mermaid", stateDiagram(table, first), "```", ""].join("\n");

/** docs/run-states.md, drawn from the tables that `evolve` holds every event against. A test keeps the file current. */
export function runStatesDocument(): string {
  return [
    "# States of a run",
    "",
    "Drawn from the tables in `domain/run/stages.ts` by `domain/run/diagram.ts`; a test fails when this page is not current.",
    "`evolve` refuses every move that is not in a table: such a log was changed, and the run is not carried on.",
    "",
    drawn(
      "The run",
      "A gate step that waits is still `running`: the step waits, not the run. `held` goes back to where it came from.",
      NEXT_STAGES,
      "preparing",
    ),
    drawn(
      "A step",
      "Steps and rollback steps. A retry goes back with the next attempt; `unknown` is looked at before it is acted on again.",
      NEXT_STEP_STAGES,
      "planned",
    ),
    drawn("A measured checklist item", "As a step, but it can be measured again.", NEXT_MEASURE_STAGES, "planned"),
    drawn(
      "A gate",
      "It opens by its quorum or by its criteria. An open gate asks again when a decision that was not spent is taken back or voided.",
      NEXT_GATE_STAGES,
      "ahead",
    ),
  ].join("\n");
}
