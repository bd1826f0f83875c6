import type { AnyStep } from "../../domain/run/findStep.ts";
import { toSafeText } from "../../domain/text/safeText.ts";
import { MINIMAL_ENVIRONMENT } from "../process/programSpawn.ts";
import { showCommand } from "../process/showCommand.ts";
import { BashLine, bash } from "./bash.ts";
import { linesOf } from "./callByHand.ts";
import { definitionsFor } from "./definitionsFor.ts";
import { variableOf } from "./heldPlaces.ts";
import { CONFIRM, FACT, KNOW, SAY } from "./prelude.ts";
import type { TaskByHand, Writing } from "./taskByHand.ts";
import { undoText } from "./undoText.ts";

/** What stands in one file. */
export interface Script {
  readonly fileName: string;
  readonly tasks: readonly TaskByHand[];
}

/** What the head of every script says of where it comes from. */
export interface Origin {
  /** Path of the runbook, as it was typed. */
  readonly file: string;
  readonly version: string;
  /** Day and time, UTC. */
  readonly writtenAt: string;
}

/** Text in a comment: on one line, with nothing in it that hides or turns. */
const comment = (text: string): string => `# ${toSafeText(Buffer.from(text)).replaceAll(/\s+/g, " ").trim()}`;

/** Writes a script: bash that a person can read, check, and run alone. */
export function scriptText(script: Script, writing: Writing, origin: Origin): string {
  const body = isWhole(script) ? wholeBody(script, writing) : lackingBody(script, origin);
  const parts = [
    "#!/usr/bin/env bash",
    ...script.tasks.flatMap((task) => ["#", ...headOf(task, writing)]),
    "#",
    ...originOf(writing, origin),
    "set -euo pipefail",
    "shopt -s inherit_errexit",
    `export ${Object.entries(MINIMAL_ENVIRONMENT)
      .map(([name, value]) => `${name}=${value}`)
      .join(" ")}`,
    "",
    body,
  ];
  return `${writing.places.inScript(parts.join("\n"))}\n`;
}

/** Whether all of its tasks are written. */
export const isWhole = ({ tasks }: Script): boolean => tasks.every(({ byHand }) => byHand.kind === "written");

function headOf({ step, task, spec, byHand }: TaskByHand, { compiled }: Writing): readonly string[] {
  const { notes } = step.source;
  return [
    `${step.id}: ${step.title} (${task.action}, ${task.class})`,
    spec.about,
    ...("when" in step && step.when !== undefined ? [`Only when ${step.when}.`] : []),
    ...(spec.undo === undefined ? [] : [`Undo: ${spec.undo}`]),
    ...undoText(step, compiled),
    ...task.facts.map(({ name, expr }) => `It finds out the fact ${name}: ${expr}`),
    ...mustHold(step).map((text) => `Afterwards must hold: ${text}`),
    ...(notes === undefined ? [] : [`To know: ${notes}`]),
    ...(byHand.kind === "written" ? [] : [`NOT WRITTEN: ${whyNot(byHand)}`]),
  ].map(comment);
}

/** In the runbook's own words. */
function mustHold(step: AnyStep): readonly string[] {
  if (step.section !== "checklist")
    return step.verify.map(({ title, expr }) => (title === undefined ? expr : `${title}: ${expr}`));
  const { needed, expect } = step.source;
  return expect === undefined ? [] : [needed === undefined ? expect : `${needed}: ${expect}`];
}

function whyNot(byHand: Exclude<TaskByHand["byHand"], { kind: "written" }>): string {
  return byHand.kind === "lacks" ? `it needs ${byHand.names.join(", ")}` : byHand.because;
}

function originOf({ compiled }: Writing, { file, version, writtenAt }: Origin): readonly string[] {
  const { runbook, digests } = compiled;
  return [
    comment(`Runbook ${runbook.id} ${runbook.version}, SHA-256 ${digests.whole}.`),
    comment(`Written by slackwater-agent ${version} on ${writtenAt} from ${file}. Change the runbook, not this file.`),
    "",
  ];
}

/** Says what it lacks, and ends before anything is done. */
function lackingBody({ tasks }: Script, { file }: Origin): string {
  const lines = tasks.flatMap(({ step, byHand }) =>
    byHand.kind === "written" ? [] : [`${step.id}: ${whyNot(byHand)}`],
  );
  const again = showCommand(["slackwater-agent", "scripts", file, "--out", "FOLDER", "--fact", "NAME=VALUE"]);
  const words = ["This script could not be written whole. Nothing is done by it.", ...lines, `Write it anew: ${again}`];
  return [bash`printf '%s\n' ${words} >&2`.text, "exit 3"].join("\n");
}

function wholeBody({ tasks }: Script, writing: Writing): string {
  const body = tasks.flatMap(taskLines);
  const { atTop, lines } = definitionsFor([...factsOf(tasks, writing), ...secretsOf(body, writing), ...body]);
  return [
    "if [[ $# -gt 0 && $* != --yes ]]; then",
    "  printf 'usage: %s [--yes]\\n' \"$0\" >&2",
    "  exit 2",
    "fi",
    "# From here on nothing is read from the terminal but what is asked for, and no folder is kept busy.",
    "exec </dev/null",
    "cd /",
    ...atTop.map((definition) => `\n${definition.body.text}`),
    ...(lines[0] === "" ? [] : [""]),
    ...lines,
  ].join("\n");
}

function factsOf(tasks: readonly TaskByHand[], { compiled }: Writing): readonly BashLine[] {
  const asked = new Set(tasks.flatMap(({ byHand }) => (byHand.kind === "written" ? byHand.asks : [])));
  const declared: Readonly<Record<string, { readonly title: string }>> = compiled.runbook.facts;
  return [...asked].map((name) => {
    const title = declared[name]?.title ?? name;
    return BashLine.joined([bash`${variableOf(name)}`, bash`$(${FACT} ${name} ${title})`], "=");
  });
}

function secretsOf(body: readonly BashLine[], { compiled }: Writing): readonly BashLine[] {
  const declared: Readonly<Record<string, { readonly title: string }>> = compiled.runbook.secrets;
  const named = new Set(body.flatMap(({ secrets }) => secrets));
  return [...named].map((name) => bash`${KNOW} ${name} ${declared[name]?.title ?? name}`);
}

function taskLines({ step, task, spec, byHand }: TaskByHand): readonly BashLine[] {
  if (byHand.kind !== "written") return [];
  const isAsked = task.class === "change" || task.class === "destroy";
  return [
    bash``,
    bash`${SAY} ${step.title}`,
    ...(isAsked ? [bash`${CONFIRM} ${`${spec.title}: ${task.class}. Undo: ${spec.undo ?? "none."}`} ${step.id}`] : []),
    ...byHand.calls.flatMap(linesOf),
  ];
}
