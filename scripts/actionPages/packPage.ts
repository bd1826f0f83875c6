import type { LoadedAction } from "../../agent/actions/action.ts";
import { actionSection, argumentTable } from "./actionSection.ts";
import { code, linkTo, table } from "./markdown.ts";
import type { Part } from "./schemaRows.ts";

/** First line of every page: who edits one by hand would lose it with the next action. */
export const WRITTEN_BY =
  "<!-- Written by `npm run docs:actions` from domain/action and agent/actions. Change those, then run it. -->";

type Documented = Pick<LoadedAction, "spec" | "plan">;

/** The page of one pack: its actions in the order of the catalogue, and behind them the shapes that their arguments share. */
export function packPage(pack: string, actions: readonly Documented[]): string {
  const sections = actions.map(actionSection);
  const shared = new Map<string, Part>();
  const keep = (parts: readonly Part[]) => {
    for (const part of parts) {
      shared.set(part.title, part);
      keep(part.rows.flatMap((row) => row.part ?? []));
    }
  };
  keep(sections.flatMap(({ parts }) => parts));
  return `${[
    WRITTEN_BY,
    `# Actions of the pack ${pack}`,
    `${linkTo("All actions", "README.md")} · a value may also be a template or an expression ([the runbook language](../runbook-language.md)), and a number or a flag its exact text.`,
    list(actions),
    ...sections.map(({ text }) => text),
    ...[...shared.values()].flatMap(({ title, about, rows }) => [
      `## ${title}`,
      ...(about === "" ? [] : [about]),
      argumentTable(rows),
    ]),
  ].join("\n\n")}\n`;
}

function list(actions: readonly Documented[]): string {
  return table(
    ["action", "class", "does"],
    actions.map(({ spec }) => [linkTo(code(spec.name), `#${anchorOfAction(spec.name)}`), spec.class, spec.title]),
  );
}

/** GitHub's spelling of an action's heading in a link. */
export const anchorOfAction = (name: string): string => name.toLowerCase().replaceAll(".", "");
