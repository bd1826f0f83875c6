import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FactValue } from "../../domain/fact/fact.ts";
import { workOf } from "../../domain/run/findStep.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";
import { didYouMean } from "../../domain/runbook/nearestWord.ts";
import { languageOf } from "../../domain/runbook/read.ts";
import { readFact } from "../../domain/runbook/readFact.ts";
import type { Instant } from "../../domain/time.ts";
import type { ActionRegistry } from "../actions/action.ts";
import { heldPlaces } from "../byHand/heldPlaces.ts";
import { scriptReadme } from "../byHand/scriptReadme.ts";
import { everyStep, scriptsOf } from "../byHand/scriptsOf.ts";
import type { Script } from "../byHand/scriptText.ts";
import { isWhole, scriptText } from "../byHand/scriptText.ts";
import type { TaskByHand, Writing } from "../byHand/taskByHand.ts";
import { isCarriedOut, taskByHand } from "../byHand/taskByHand.ts";
import { AGENT_VERSION } from "../version.ts";
import type { Allowance } from "./allowance.ts";
import { CommandError } from "./commandError.ts";
import type { ReadWish, RunbookWish } from "./runbookFile.ts";
import { pairIn, readWish } from "./runbookFile.ts";

/** What `slackwater-agent scripts` was asked for. */
export interface ScriptsWish extends RunbookWish {
  /** The folder that the scripts are written into; undefined: not said. */
  readonly out: string | undefined;
  /** `name=value`, as typed: facts that are known beforehand. */
  readonly facts: readonly string[];
}

/** What of this host the command needs to know. */
export interface WritingHost {
  readonly actions: ActionRegistry;
  readonly allowance: Allowance;
  readonly now: Instant;
}

const USAGE = "slackwater-agent scripts FILE --out FOLDER [--param name=value]… [--fact name=value]…";

/**
 * Writes every task of a runbook as a bash script that people can read and run without us, and a page with their order. Runs nothing. Throws
 * a CommandError for what can't be read, and for a folder that has something in it.
 */
export async function scriptsCommand(wish: ScriptsWish, host: WritingHost): Promise<string> {
  const read = await readWish(wish, USAGE);
  const folder = emptyFolder(wish.out);
  const writing = writingOf(read, factsOf(read.compiled, wish.facts), host);
  const steps = everyStep(read.compiled).filter((step) => workOf(step).kind === "task");
  const leftOut = steps.filter((step) => !isCarriedOut(step, writing));
  const tasks: TaskByHand[] = [];
  for (const step of steps) {
    const work = workOf(step);
    if (work.kind !== "task" || work.task.host !== read.role || leftOut.includes(step)) continue;
    tasks.push(await taskByHand(step, work.task, writing));
  }
  const scripts = scriptsOf(read.compiled, tasks);
  const origin = { file: wish.file ?? "", version: AGENT_VERSION, writtenAt: momentText(host.now) };
  const { configFile } = host.allowance;
  const readme = scriptReadme({ writing, origin, role: read.role, scripts, leftOut, configFile });
  const texts = scripts.map((script) => [script.fileName, scriptText(script, writing, origin)] as const);
  mkdirSync(folder, { recursive: true });
  for (const [fileName, text] of texts) {
    writeFileSync(join(folder, fileName), text, { flag: "wx" });
    chmodSync(join(folder, fileName), 0o755);
  }
  writeFileSync(join(folder, "README.md"), readme, { flag: "wx" });
  return summary(folder, scripts, configFile);
}

function emptyFolder(out: string | undefined): string {
  if (out === undefined) throw new CommandError(`Into which folder? ${USAGE}`);
  if (existsSync(out) && readdirSync(out).length > 0)
    throw new CommandError(`${out} has something in it. Scripts are written into a folder of their own.`);
  return out;
}

function writingOf({ compiled, parameters }: ReadWish, facts: Writing["facts"], host: WritingHost): Writing {
  return {
    ...{ compiled, parameters, facts, actions: host.actions, now: host.now },
    language: languageOf(compiled.runbook),
    places: heldPlaces(),
    allow: host.allowance.allow,
  };
}

function factsOf({ runbook }: CompiledRunbook, typed: readonly string[]): Readonly<Record<string, FactValue>> {
  const declared = new Map(Object.entries(runbook.facts).map(([name, { type }]) => [name, type]));
  const given = typed.map((text) => {
    const [name, value] = pairIn(text, "fact", "--fact name=value");
    const type = declared.get(name);
    if (type === undefined)
      throw new CommandError(`The runbook has no fact ${name}.${didYouMean(name, [...declared.keys()])}`);
    const read = readFact(type, value);
    if (!read.ok) throw new CommandError(`--fact ${name}=…  ${read.message}`);
    return [name, read.value] as const;
  });
  return Object.fromEntries(given);
}

const momentText = (at: Instant) =>
  new Date(at)
    .toISOString()
    .replace(/:\d\d\.\d+Z$/, " UTC")
    .replace("T", " ");

function summary(folder: string, scripts: readonly Script[], configFile: string | undefined): string {
  const partial = scripts.filter((script) => !isWhole(script));
  const lacking = partial.map(({ fileName, tasks }) => {
    const why = tasks.flatMap(({ byHand }) =>
      byHand.kind === "lacks" ? byHand.names : byHand.kind === "wrong" ? [byHand.because] : [],
    );
    return `  ${fileName}: ${[...new Set(why)].join(", ")}`;
  });
  return [
    `${scripts.length} scripts and README.md in ${folder}. Nothing was run.`,
    ...(configFile === undefined ? ["Written without an agent.yaml: paths stand as they were given."] : []),
    ...(lacking.length === 0
      ? []
      : [
          `${lacking.length} are not whole, and end with 3 before they do anything. Say --fact name=value for:`,
          ...lacking,
        ]),
  ].join("\n");
}
