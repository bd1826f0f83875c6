import { showCommand } from "../process/showCommand.ts";
import type { Readme } from "./readmeParts.ts";
import { code, list, onLine } from "./readmeParts.ts";
import type { Script } from "./scriptText.ts";

/** What stands behind the steps: passphrases, what is lacking, what agent.yaml says, and the parameters that were written in. */
export function readmeTail(readme: Readme): readonly string[] {
  const { scripts, writing } = readme;
  return [
    "## Passphrases",
    secretText(readme),
    "## Not written whole",
    list(scripts.flatMap(lackText)),
    ...askedText(scripts),
    "## What agent.yaml says",
    refusalText(readme),
    "## Parameters that are written into the scripts",
    list(Object.entries(writing.parameters).map(([name, value]) => `${code(name)} = ${code(String(value))}`)),
    ...factText(readme),
  ];
}

function secretText({ role, writing }: Readme): string {
  const here = Object.entries(writing.compiled.runbook.secrets).filter(([, { host }]) => host === role);
  return list(
    here.map(
      ([name, { title, holder, keep }]) =>
        `${code(variableOf(name))}: ${onLine(title)}, held by ${holder}. ${onLine(keep)}`,
    ),
  );
}

const variableOf = (secret: string) => `SLACKWATER_SECRET_${secret.toUpperCase().replaceAll("-", "_")}_FILE`;

function lackText({ fileName, tasks }: Script): readonly string[] {
  return tasks.flatMap(({ step, byHand }) => {
    switch (byHand.kind) {
      case "written":
        return [];
      case "lacks":
        return [
          `${code(fileName)}, ${code(step.id)}: it needs ${byHand.names.map((name) => code(`--fact ${name}=…`)).join(", ")}`,
        ];
      case "wrong":
        return [`${code(fileName)}, ${code(step.id)}: ${onLine(byHand.because)}`];
      default:
        return byHand satisfies never;
    }
  });
}

function askedText(scripts: readonly Script[]): readonly string[] {
  const asking = scripts.flatMap(({ fileName, tasks }) => {
    const asks = [...new Set(tasks.flatMap(({ byHand }) => (byHand.kind === "written" ? byHand.asks : [])))];
    return asks.length === 0 ? [] : [`${code(fileName)}: ${asks.map(code).join(", ")}`];
  });
  return asking.length === 0
    ? []
    : ["These ask, when they are run, for a path that nobody knew when they were written:", list(asking)];
}

function refusalText({ scripts, configFile }: Readme): string {
  if (configFile === undefined)
    return "None was there: the paths stand as they were given, and nothing was held against it.";
  const refused = scripts.flatMap(({ tasks }) =>
    tasks.flatMap(({ step, refusals }) => refusals.map((refusal) => `${code(step.id)}: ${onLine(refusal)}`)),
  );
  return `Held against ${code(showCommand([configFile]))}. The agent would refuse these; the scripts do not ask it:\n\n${list(refused)}`;
}

function factText({ writing }: Readme): readonly string[] {
  const facts = Object.entries(writing.facts);
  if (facts.length === 0) return [];
  const shown = facts.map(
    ([name, value]) => `${code(name)} = ${code(typeof value === "object" ? JSON.stringify(value) : String(value))}`,
  );
  return ["Facts that are written into them:", list(shown)];
}
