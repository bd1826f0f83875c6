import { stringify } from "yaml";
import type { LoadedAction, PlannedCall } from "../../agent/actions/action.ts";
import { programsOf } from "../../agent/actions/action.ts";
import { callLines } from "../../agent/control/callLines.ts";
import { KEYS_OF_ROLE } from "../../agent/policy/checkRole.ts";
import type { ActionSpec } from "../../domain/action/defineAction.ts";
import type { FailureCode } from "../../domain/failure.ts";
import { FAILURES } from "../../domain/failure.ts";
import { CLASS_NEEDS } from "./classNeeds.ts";
import { code, linkTo, table } from "./markdown.ts";
import type { Part, SchemaRow } from "./schemaRows.ts";
import { schemaRows } from "./schemaRows.ts";
import { unitOf } from "./unitOf.ts";

/** What a page says of one action, with the named shapes that its arguments are made of. */
export interface ActionSection {
  readonly text: string;
  readonly parts: readonly Part[];
}

/** Writes the section of one action from its specification, and from what the agent's `plan` says of its example. */
export function actionSection({ spec, plan }: Pick<LoadedAction, "spec" | "plan">): ActionSection {
  const args = schemaRows(spec.args);
  const results = schemaRows(spec.result);
  const calls = spec.example === undefined ? [] : plan(spec.example);
  const text = [
    `## ${spec.name}`,
    `**${spec.title}.** ${spec.about}`,
    facts(spec),
    ...argumentText(args),
    ...exampleText(spec, calls),
    "### Results",
    table(["field", "type", "unit", "meaning"], results.map(resultCells)),
    ...failureText(calls),
  ].join("\n\n");
  return { text: inLevels(text, spec.name), parts: [...args, ...results].flatMap(({ part }) => part ?? []) };
}

/** Headings below an action carry its name: each must be a target of links of its own. */
function inLevels(text: string, name: string): string {
  return text.replaceAll(/^### (.*)$/gm, (_, heading: string) => `### ${heading} of ${name}`);
}

function facts(spec: ActionSpec): string {
  const lines = [
    `- **Class** ${linkTo(code(spec.class), "README.md#what-each-class-needs")}: ${CLASS_NEEDS[spec.class].short}`,
    `- **Programs** ${programs(spec.tools)}`,
    `- **Secrets** ${secrets(spec)}`,
    ...(spec.stopsDatabase === true
      ? ["- **Stops the database**: a probe that needs it must be paused meanwhile."]
      : []),
    ...(spec.needsDatabase === true ? ["- **Needs the database**: as long as it is stopped, this fails."] : []),
    ...(spec.probe === undefined
      ? []
      : [`- **Can be a probe**: a sample is ok by ${code(spec.probe.ok)}, its value is ${code(spec.probe.value)}.`]),
    ...(spec.hasProgress === true ? ["- **Shows its progress**, with what is left and when it will be done."] : []),
    `- **Undo** ${spec.undo ?? "Nothing: it changes nothing that would have to be put back."}`,
    `- **After a cancel** ${spec.afterCancel ?? "Nothing is left on the host that needs a hand."}`,
  ];
  return lines.join("\n");
}

function programs(tools: ActionSpec["tools"]): string {
  const named = Object.entries(tools).map(([tool, debianPackage]) => `${code(tool)} (${debianPackage})`);
  return named.length === 0 ? "none beside the agent itself." : `with the Debian package of each: ${named.join(", ")}.`;
}

function secrets({ secrets: always, secretArgs = [] }: ActionSpec): string {
  const opened = [...always.map(code), ...secretArgs.map((name) => `the one that ${code(name)} names`)];
  return opened.length === 0 ? "none." : `opened on the host: ${opened.join(", ")}.`;
}

function argumentText(rows: readonly SchemaRow[]): readonly string[] {
  if (rows.length === 0) return ["### Arguments", "None."];
  return ["### Arguments", argumentTable(rows)];
}

/** The table of arguments, or of the members of a named shape. */
export function argumentTable(rows: readonly SchemaRow[]): string {
  return table(["argument", "type", "default", "allowed by (agent.yaml)", "meaning"], rows.map(argumentCells));
}

function argumentCells(row: SchemaRow): readonly string[] {
  const unit = unitOf(row.name, row.type);
  const type = row.part === undefined ? row.type : linkTo(row.type, `#${anchorOf(row.part.title)}`);
  const keys = row.role === undefined ? [] : KEYS_OF_ROLE[row.role];
  return [
    code(row.name),
    unit === undefined ? type : `${type}; ${unit}`,
    row.default === undefined ? (row.isNeeded ? "must be given" : "none") : code(row.default),
    keys.map(code).join(" or "),
    row.meaning,
  ];
}

/** GitHub's spelling of a heading in a link. */
const anchorOf = (title: string) => title.toLowerCase().replaceAll(" ", "-");

function resultCells(row: SchemaRow): readonly string[] {
  return [code(row.name), row.type, unitOf(row.name, row.type) ?? "", row.meaning];
}

function exampleText(spec: ActionSpec, calls: readonly PlannedCall[]): readonly string[] {
  if (spec.example === undefined) return [];
  const written = stringify({ action: spec.name, with: spec.example }, { lineWidth: 0 }).trimEnd();
  return [
    "### Example",
    `\`\`\`yaml\n${written}\n\`\`\``,
    ...(calls.length === 0
      ? []
      : [`What \`slackwater-agent plan\` says of it:\n\n\`\`\`\n${calls.flatMap(callLines).join("\n")}\n\`\`\``]),
  ];
}

/** What the ends of the programs of a plan mean, as far as their exit tables say. Each failure stands once, with all that leads to it. */
function failureText(calls: readonly PlannedCall[]): readonly string[] {
  const signs = new Map<FailureCode, Map<string, Set<string>>>();
  for (const { file, failureOf } of calls.flatMap(programsOf)) {
    if (failureOf?.table === undefined) continue;
    const program = file.split("/").at(-1) ?? file;
    const note = (means: FailureCode, sign: string) => {
      const of = signs.get(means) ?? new Map<string, Set<string>>();
      signs.set(means, of.set(program, (of.get(program) ?? new Set()).add(sign)));
    };
    for (const [exitCode, means] of Object.entries(failureOf.table.byExitCode)) note(means, `exit code ${exitCode}`);
    for (const { means } of failureOf.table.clues) note(means, "its words");
  }
  if (signs.size === 0) return [];
  const rows = [...signs]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([means, programsOf]) => {
      const { todo, retryable } = FAILURES[means];
      const knownBy = [...programsOf].map(([program, by]) => `${code(program)}: ${[...by].join(" or ")}`);
      return [code(means), knownBy.join("; "), retryable ? "yes" : "no", todo];
    });
  return [
    "### Failures",
    "What the ends of its programs mean. Beside them stand the failures that any task can meet.",
    table(["failure", "known by", "retry may help", "what to do"], rows),
  ];
}
