import { readFileSync } from "node:fs";
import { compileRunbook } from "../../domain/runbook/compile.ts";
import { problemText } from "../../domain/runbook/problem.ts";
import { sha256 } from "../db/sha256.ts";
import type { CommandReport } from "./report.ts";

/** Checks a runbook's text: every problem with line and column, errors apart from warnings; its digests when it can be used. */
export function lintFile(file: string): CommandReport {
  const compilation = compileRunbook(readFileSync(file, "utf8"), sha256);
  const problems = compilation.ok ? compilation.warnings : compilation.problems;
  const lines = problems.map((problem) => `${file}:${problemText(problem)}`);
  if (!compilation.ok) {
    const errors = problems.filter((problem) => problem.severity === "error").length;
    return { exitCode: 1, lines: [...lines, `${file}: ${errors} errors, ${problems.length - errors} warnings`] };
  }
  const { runbook, digests, steps, rollbackSteps } = compilation.compiled;
  return {
    exitCode: 0,
    lines: [
      ...lines,
      `${file}: ${runbook.title}, ${steps.length} steps, ${rollbackSteps.length} rollback steps, ${problems.length} warnings`,
      `  text ${digests.whole}`,
      `  executable ${digests.executable}`,
    ],
  };
}
