import { ruleFile } from "../../domain/alertRule/ruleFile.ts";
import { ruleTests } from "../../domain/alertRule/ruleTests.ts";
import { givenParameters } from "../../domain/runbook/readParameters.ts";
import { compileStored } from "../db/compileText.ts";
import type { PrismaClient } from "../db/prisma.ts";

/** A runbook's triggers as a file for Prometheus, with the name to save it under. */
export interface RulesFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The alerting rules of a stored runbook, or the tests of them, with its own defaults for parameters; `slackwater rules` writes them with
 * others. Undefined when there is no such runbook.
 */
export async function rulesOf(
  prisma: PrismaClient,
  digest: string,
  what: "rules" | "tests",
): Promise<RulesFile | undefined> {
  const row = await prisma.runbook.findUnique({ where: { digest } });
  if (!row) return undefined;
  const compiled = compileStored(row.text);
  const read = givenParameters(compiled.runbook, {});
  const source = { compiled, parameters: read.ok ? read.parameters : {} };
  const name = `${compiled.runbook.id}.rules.yaml`;
  return what === "rules"
    ? { name, text: ruleFile(source) }
    : { name: name.replace(/\.yaml$/, ".test.yaml"), text: ruleTests(source, name) };
}
