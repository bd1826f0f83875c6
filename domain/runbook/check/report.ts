import type { DocumentPath, Problem, ProblemCode } from "../problem.ts";

/** Takes what a check found; line and column are filled in by who reads the text. */
export interface Report {
  error(code: ProblemCode, path: DocumentPath, message: string, where?: Where): void;
  warning(code: ProblemCode, path: DocumentPath, message: string, where?: Where): void;
}

/** `isKey`: the key is meant, not its value. `offset`: so many characters into the value. */
export interface Where {
  readonly isKey?: boolean;
  readonly offset?: number;
}

/** A report that gathers problems, placed by `problemAt`. */
export function gatheringReport(
  problemAt: (
    severity: Problem["severity"],
    code: ProblemCode,
    path: DocumentPath,
    message: string,
    where?: Where,
  ) => Problem,
): Report & { readonly problems: Problem[] } {
  const problems: Problem[] = [];
  return {
    problems,
    error: (code, path, message, where) => problems.push(problemAt("error", code, path, message, where)),
    warning: (code, path, message, where) => problems.push(problemAt("warning", code, path, message, where)),
  };
}
