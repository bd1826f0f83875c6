import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { alertRules } from "../../domain/alertRule/alertRules.ts";
import { ruleFile } from "../../domain/alertRule/ruleFile.ts";
import { ruleTests } from "../../domain/alertRule/ruleTests.ts";
import { compileRunbook } from "../../domain/runbook/compile.ts";
import { problemText } from "../../domain/runbook/problem.ts";
import { givenParameters } from "../../domain/runbook/readParameters.ts";
import { sha256 } from "../db/sha256.ts";
import type { CommandReport } from "./report.ts";
import { UsageFailure } from "./report.ts";

/** Writes a runbook's triggers as a rule file of Prometheus, with a test file beside it, into a folder that has nothing in it. */
export function writeRules(words: {
  readonly file: string;
  readonly out: string | undefined;
  /** `name=value`, as typed. */
  readonly parameters: readonly string[];
}): CommandReport {
  const { file, out } = words;
  if (out === undefined) throw new UsageFailure("Say into which folder: --out <folder>");
  const compilation = compileRunbook(readFileSync(file, "utf8"), sha256);
  if (!compilation.ok) {
    return { exitCode: 1, lines: compilation.problems.map((problem) => `${file}:${problemText(problem)}`) };
  }
  const { compiled } = compilation;
  const read = givenParameters(compiled.runbook, Object.fromEntries(words.parameters.map(pairOf)));
  if (!read.ok) {
    const problems = Object.entries(read.problems);
    return { exitCode: 1, lines: problems.map(([name, message]) => `--param ${name}=…  ${message}`) };
  }
  if (existsSync(out) && readdirSync(out).length > 0) {
    return { exitCode: 1, lines: [`${out} has something in it. Rules are written into a folder of their own.`] };
  }
  const source = { compiled, parameters: read.parameters };
  const { rules, unsaid } = alertRules(source);
  const names = { rules: `${compiled.runbook.id}.rules.yaml`, tests: `${compiled.runbook.id}.rules.test.yaml` };
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, names.rules), ruleFile(source), { flag: "wx" });
  writeFileSync(join(out, names.tests), ruleTests(source, names.rules), { flag: "wx" });
  return {
    exitCode: 0,
    lines: [
      `${rules.length} of ${rules.length + unsaid.length} triggers are written as rules in ${join(out, names.rules)}.`,
      ...unsaid.map(({ trigger, because }) => `  left out: ${trigger.id}: ${because}`),
      `Check them: cd ${out} && promtool check rules ${names.rules} && promtool test rules ${names.tests}`,
    ],
  };
}

function pairOf(text: string): readonly [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageFailure(`${text} is no parameter: say --param name=value.`);
  return [text.slice(0, at), text.slice(at + 1)];
}
