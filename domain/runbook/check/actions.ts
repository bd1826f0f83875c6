import { ACTIONS, actionNamed } from "../../action/catalog.ts";
import type { ActionSpec } from "../../action/defineAction.ts";
import { secretsOf } from "../../action/defineAction.ts";
import { explainIssue } from "../explainIssue.ts";
import { didYouMean } from "../nearestWord.ts";
import type { DocumentPath } from "../problem.ts";
import type { Argument, Runbook } from "../schema.ts";
import { isTemplate } from "../template.ts";
import type { Report } from "./report.ts";
import { visitArgument, visitTasks } from "./visit.ts";

const isUnder = (path: DocumentPath, parent: DocumentPath): boolean =>
  parent.every((key, index) => String(path[index]) === String(key));

/** Places in the arguments whose value is known only in the run: their shape is the agent's to check. */
function openPlaces(args: Readonly<Record<string, Argument>>): DocumentPath[] {
  return Object.entries(args).flatMap(([key, argument]) =>
    visitArgument(argument, [key]).flatMap(({ path, text, isExpression }) => {
      if (isExpression) return [path.slice(0, -1)];
      return isTemplate(text) ? [path] : [];
    }),
  );
}

function checkArguments(
  action: ActionSpec,
  args: Readonly<Record<string, Argument>>,
  path: DocumentPath,
  report: Report,
): void {
  const parsed = action.args.safeParse(args);
  if (parsed.success) return;
  const open = openPlaces(args);
  for (const issue of parsed.error.issues) {
    for (const problem of explainIssue(issue, args)) {
      // What a template or an expression will give is not known yet; that it is there at all, and by its right name, is.
      const reached = problem.isKey ? problem.path.slice(0, -1) : problem.path;
      if (open.some((place) => isUnder(reached, place))) continue;
      const message = problem.isKey ? unknownArgument(action, String(problem.path.at(-1))) : problem.message;
      report.error("arguments", [...path, "with", ...problem.path], `${action.name}: ${message}`, {
        isKey: problem.isKey,
      });
    }
  }
}

/** What has to stand in the text as it is carried out: a value that is filled in could turn one command of a script into another. */
function checkLiterals(
  action: ActionSpec,
  args: Readonly<Record<string, Argument>>,
  path: DocumentPath,
  report: Report,
): void {
  for (const key of action.literalArgs ?? []) {
    const argument = args[key];
    if (argument === undefined) continue;
    const filledIn = visitArgument(argument, [key]).find(({ text, isExpression }) => isExpression || isTemplate(text));
    if (filledIn === undefined) continue;
    const message = `"${key}" is carried out as it stands: no {{ }}, no {% %} and no expression may be in it. Give the value as an argument or in the environment.`;
    const offset = filledIn.isExpression ? 0 : Math.max(0, filledIn.text.search(/\{[{%]/));
    report.error("arguments", [...path, "with", ...filledIn.path], `${action.name}: ${message}`, { offset });
  }
}

function unknownArgument(action: ActionSpec, name: string): string {
  return `there is no argument "${name}".${didYouMean(name, argumentNames(action))}`;
}

function argumentNames(action: ActionSpec): string[] {
  const shape: unknown = Reflect.get(action.args, "shape");
  return typeof shape === "object" && shape !== null ? Object.keys(shape) : [];
}

/** Unknown actions, arguments that do not fit, secrets that an action opens and the runbook does not declare. */
export function checkActions(runbook: Runbook, report: Report): void {
  for (const { path, kind, task } of visitTasks(runbook)) {
    const action = actionNamed(task.action);
    if (action === undefined) {
      const names = ACTIONS.map((known) => known.name);
      report.error(
        "unknownAction",
        [...path, "action"],
        `there is no action "${task.action}".${didYouMean(task.action, names)}`,
      );
      continue;
    }
    checkArguments(action, task.with, path, report);
    checkLiterals(action, task.with, path, report);
    for (const secret of secretsOf(action, task.with)) {
      const declared = runbook.secrets[secret];
      if (declared === undefined) {
        if (!isTemplate(secret))
          report.error(
            "secret",
            [...path, "action"],
            `${action.name} opens the secret "${secret}", which is not declared.`,
          );
      } else if (declared.host !== task.host) {
        report.error(
          "secret",
          [...path, "host"],
          `${action.name} opens the secret "${secret}", which is sealed to "${declared.host}" only.`,
        );
      }
    }
    if (kind === "measure" && action.class === "destroy") {
      report.error("effect", [...path, "action"], `${action.name} destroys: it can't be part of the preparation.`);
    }
    if (kind === "probe" && action.probe === undefined) {
      report.error("probe", [...path, "action"], `${action.name} can't be a probe: it gives no sample.`);
    }
    if (kind === "probe" && action.class !== "observe") {
      report.error("probe", [...path, "action"], `${action.name} changes something: a probe only observes.`);
    }
  }
  const sealed = new Set(runbook.checklist.flatMap((group) => group.items.map((item) => item.seal)));
  for (const secret of Object.keys(runbook.secrets)) {
    if (!sealed.has(secret)) {
      report.error("secret", ["secrets", secret], `no item of the checklist seals the secret "${secret}".`, {
        isKey: true,
      });
    }
  }
}
