/** What can be wrong with a runbook, by kind. `warning`s let it be used, errors don't. */
export type ProblemCode =
  | "yaml"
  | "shape"
  | "reference"
  | "duplicate"
  | "unknownAction"
  | "arguments"
  | "expression"
  | "template"
  | "effect"
  | "probe"
  | "cycle"
  | "secret";

/** One thing that is wrong, with its place in the text: line and column count from 1, `at` is the path in the document. */
export interface Problem {
  readonly severity: "error" | "warning";
  readonly code: ProblemCode;
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly at: string;
}

/** A place in the document: keys and list positions from the root. */
export type DocumentPath = readonly (string | number)[];

/** A place as people read it: `phases[0].steps[3].task.with`. */
export function pathText(path: DocumentPath): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    "",
  );
}

/** One line for a terminal: `12:7 error unknown key "taks" (phases[0].steps[1])`. */
export function problemText(problem: Problem): string {
  const at = problem.at === "" ? "" : ` (${problem.at})`;
  return `${problem.line}:${problem.column} ${problem.severity} ${problem.message}${at}`;
}

/** Problems in the order of the text, errors before warnings at the same place. */
export function inTextOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) =>
      a.line - b.line || a.column - b.column || a.severity.localeCompare(b.severity) || a.at.localeCompare(b.at),
  );
}
