import { didYouMean } from "../nearestWord.ts";
import type { DocumentPath } from "../problem.ts";
import type { Runbook } from "../schema.ts";
import type { Report } from "./report.ts";
import { visitSteps, visitTasks } from "./visit.ts";

/** Roles that exist in every installation; besides these a runbook names its own groups. */
export const BUILT_IN_ROLES = ["viewer", "support", "operator", "approver", "admin"] as const;

/** Every name that one part of a runbook uses and another must declare. */
export function checkReferences(runbook: Runbook, report: Report): void {
  const steps = visitSteps(runbook);
  const known = {
    host: Object.keys(runbook.hosts),
    "group or role": [...Object.keys(runbook.groups), ...BUILT_IN_ROLES],
    parameter: Object.keys(runbook.parameters),
    secret: Object.keys(runbook.secrets),
    fact: Object.keys(runbook.facts),
    announcement: runbook.announcements.map((announcement) => announcement.id),
    probe: Object.keys(runbook.probes),
    phase: runbook.phases.map(({ id }) => id),
    step: steps.map(({ step }) => String(step.id)),
    "rollback step": runbook.rollback.steps.map((step) => String(step.id)),
  } as const;
  const refer = (kind: keyof typeof known, name: string, path: DocumentPath, isKey = false): void => {
    if (known[kind].includes(name)) return;
    report.error("reference", path, `there is no ${kind} "${name}".${didYouMean(name, known[kind])}`, { isKey });
  };
  const groups = (names: readonly string[], path: DocumentPath): void =>
    names.forEach((name, index) => {
      refer("group or role", name, [...path, index]);
    });

  for (const { path, task, kind } of visitTasks(runbook)) {
    refer("host", task.host, [...path, "host"]);
    for (const fact of Object.keys(task.facts ?? {})) refer("fact", fact, [...path, "facts", fact], true);
    if (kind === "rollback" && task.facts !== undefined) continue;
  }
  Object.entries(runbook.secrets).forEach(([name, secret]) => {
    refer("host", secret.host, ["secrets", name, "host"]);
    refer("group or role", secret.holder, ["secrets", name, "holder"]);
  });
  runbook.checklist.forEach((group, g) => {
    group.items.forEach((item, i) => {
      const path = ["checklist", g, "items", i];
      refer("group or role", item.owner, [...path, "owner"]);
      if (item.confirm !== undefined) {
        groups(item.confirm.by, [...path, "confirm", "by"]);
        refer("fact", item.confirm.fact, [...path, "confirm", "fact"]);
      }
      if (item.announce !== undefined) refer("announcement", item.announce, [...path, "announce"]);
      if (item.seal !== undefined) refer("secret", item.seal, [...path, "seal"]);
    });
  });
  for (const kind of ["go", "nogo"] as const) {
    runbook.criteria[kind].forEach((criterion, index) => {
      groups(criterion.waivable?.by ?? [], ["criteria", kind, index, "waivable", "by"]);
    });
  }
  groups(runbook.approval.quorum?.of ?? [], ["approval", "quorum", "of"]);
  for (const { path, step } of steps) {
    step.needs.forEach((need, index) => {
      refer("step", need, [...path, "needs", index]);
    });
    if (step.undo !== undefined && step.undo !== "nothing") {
      step.undo.forEach((id, index) => {
        refer("rollback step", id, [...path, "undo", index]);
      });
    }
    if (typeof step.lasts === "object") refer("fact", step.lasts.of, [...path, "lasts", "of"]);
    if ("task" in step && typeof step.afterReboot === "object")
      refer("step", step.afterReboot.againUntil, [...path, "afterReboot", "againUntil"]);
    if ("manual" in step) groups(step.manual.by, [...path, "manual", "by"]);
    if ("gate" in step) groups(step.gate.quorum?.of ?? [], [...path, "gate", "quorum", "of"]);
    if ("announce" in step) refer("announcement", step.announce.announcement, [...path, "announce", "announcement"]);
  }
  runbook.rollback.steps.forEach((step, index) => {
    const path = ["rollback", "steps", index];
    if (typeof step.lasts === "object") refer("fact", step.lasts.of, [...path, "lasts", "of"]);
    if (step.manual !== undefined) groups(step.manual.by, [...path, "manual", "by"]);
    if (step.announce !== undefined)
      refer("announcement", step.announce.announcement, [...path, "announce", "announcement"]);
  });
  runbook.triggers.forEach((trigger, index) => {
    const path = ["triggers", index];
    if (trigger.probe !== undefined) refer("probe", trigger.probe, [...path, "probe"]);
    if (trigger.armed.after !== undefined) refer("step", trigger.armed.after, [...path, "armed", "after"]);
    if (trigger.armed.before !== undefined) refer("step", trigger.armed.before, [...path, "armed", "before"]);
    trigger.armed.during?.forEach((phase, p) => {
      refer("phase", phase, [...path, "armed", "during", p]);
    });
  });
  Object.entries(runbook.probes).forEach(([name, probe]) => {
    if (probe.fact !== undefined) refer("fact", probe.fact, ["probes", name, "fact"]);
    if (probe.pausedFrom !== undefined) refer("step", probe.pausedFrom, ["probes", name, "pausedFrom"]);
    if (probe.pausedUntil !== undefined) refer("step", probe.pausedUntil, ["probes", name, "pausedUntil"]);
  });
  runbook.contacts.forEach((contact, index) => {
    refer("parameter", contact.parameter, ["contacts", index, "parameter"]);
  });
}
