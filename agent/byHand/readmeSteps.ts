import { formatDuration } from "../../domain/format/duration.ts";
import type { AnyStep } from "../../domain/run/findStep.ts";
import { workOf } from "../../domain/run/findStep.ts";
import type { GateSpec, WaitSpec } from "../../domain/runbook/schema.ts";
import { untilText } from "../../domain/runbook/untilText.ts";
import type { Readme } from "./readmeParts.ts";
import { code, list, onLine } from "./readmeParts.ts";
import type { Script } from "./scriptText.ts";
import type { TaskByHand, Writing } from "./taskByHand.ts";
import { scopeOf } from "./taskByHand.ts";
import { undoText } from "./undoText.ts";

/** What stands in the list for a step: its script, or what people do there. */
export function item(step: AnyStep, readme: Readme): string {
  const when = step.section === "rollback" ? [`when ${code(step.when)}`] : whenOf(step);
  const undo = undoText(step, readme.writing.compiled).map(onLine);
  return [`${whatText(step, readme)}`, ...besideOf(step), ...when, ...undo].join(". ");
}

function besideOf(step: AnyStep): readonly string[] {
  if (step.section !== "forward" || step.branch === undefined) return [];
  const { ofTitle, title } = step.branch;
  return [`It stands in the branch ${onLine(title)} of ${onLine(ofTitle)}: branches go on beside each other`];
}

function whenOf(step: Exclude<AnyStep, { section: "rollback" }>): readonly string[] {
  return step.section === "forward" && step.when !== undefined ? [`only when ${code(step.when)}`] : [];
}

function whatText(step: AnyStep, readme: Readme): string {
  const work = workOf(step);
  const title = onLine(step.title);
  switch (work.kind) {
    case "task":
      return taskText(step, readme, title);
    case "manual":
      return `**By hand** (${work.manual.by.join(", ")}): ${title}. ${onLine(work.manual.instructions)}`;
    case "gate":
      return `**GO.** ${gateText(title, work.gate.spec)}`;
    case "announce":
      return `**Announce** \`${work.announcementId}\` of the runbook: ${title}`;
    case "wait":
      return `**Wait**: ${title}, ${onLine(waitText(work.wait, readme.writing))}`;
    default:
      return work satisfies never;
  }
}

function waitText(wait: WaitSpec, writing: Writing): string {
  if ("until" in wait) return untilText(wait);
  if (typeof wait.for === "string") return wait.for;
  if (!("expr" in wait.for)) return `${wait.for.perGiB} for each GiB of ${wait.for.of}`;
  const ms = writing.compiled.expressions.value(wait.for.expr, scopeOf(writing, new Map()));
  return typeof ms === "number" ? formatDuration(ms) : wait.for.expr;
}

function taskText(step: AnyStep, { scripts, leftOut, role }: Readme, title: string): string {
  const script = scripts.find(({ tasks }) => tasks.some(({ step: { id } }) => id === step.id));
  const found = script?.tasks.find(({ step: { id } }) => id === step.id);
  if (script !== undefined && found !== undefined) return scriptText(script, found, title);
  const isOut = leftOut.some(({ id }) => id === step.id);
  return `${title} (\`${step.id}\`): ${isOut ? "not carried out with these parameters" : `on another host than ${role}; write the scripts of its role`}`;
}

function scriptText(script: Script, { step, task, byHand }: TaskByHand, title: string): string {
  const among = script.tasks.length === 1 ? "" : `, its part \`${step.id}\``;
  const lacks = byHand.kind === "written" ? "" : ", **NOT WRITTEN, see below**";
  return `\`${script.fileName}\`${among}: ${title} (${task.class}${lacks})`;
}

/** Who says GO at a gate, on what, and what follows. */
export function gateText(title: string, gate: GateSpec): string {
  const { opensBy, quorum, criteria, onNoGo, afterGo, cannotBeUndone, afterNoGo } = gate;
  const who = quorum === undefined ? "those who decide" : `at least ${quorum.atLeast} of ${quorum.of.join(", ")}`;
  const said = [
    title,
    opensBy === "criteria" ? "It is GO when all that follows holds" : `People say GO here: ${who}`,
    ...criteria.map((criterion) => `${onLine(criterion.title)} (${code(criterion.expr)})`),
    ...(afterGo === undefined ? [] : [`After GO: ${onLine(afterGo)}`]),
    ...(cannotBeUndone === undefined ? [] : [`What can't be undone: ${onLine(cannotBeUndone)}`]),
    `NO-GO (${onNoGo})${afterNoGo === undefined ? "" : `: ${onLine(afterNoGo)}`}`,
  ];
  return said.join(". ").replaceAll("..", ".");
}

/** What must hold for the first GO, and what forbids it. */
export function criteriaLists({ writing }: Readme): readonly string[] {
  const { go, nogo } = writing.compiled.runbook.criteria;
  const listed = (criteria: typeof go) => list(criteria.map(({ title, expr }) => `${onLine(title)} (${code(expr)})`));
  return ["All of these must hold:", listed(go), "One of these is enough for NO-GO:", listed(nogo)];
}

/** Items of the checklist that no script measures: people see to them. */
export function otherItems({ writing }: Readme): string {
  const items = writing.compiled.runbook.checklist
    .flatMap(({ items: all }) => all)
    .filter(({ measure }) => measure === undefined);
  return items.length === 0
    ? ""
    : `Beside the scripts, by people:\n\n${list(items.map(({ title, needed }) => `${onLine(title)}${needed === undefined ? "" : `: ${onLine(needed)}`}`))}`;
}
