import type { HostId } from "../../ids.ts";
import type { CompiledRollbackStep, CompiledStep } from "../../runbook/compiled.ts";
import { holdRun } from "../advance/holdRun.ts";
import { stepStageOf } from "../stepOf.ts";
import type { Turn } from "../turn.ts";

/**
 * A host was started anew. Its mappings, mounts and servers are gone, and so is the key that it kept in memory. What that has undone goes on
 * record whatever the run is doing; a run that is under way is held, because people have to seal the passphrases again.
 */
export function hearReboot(turn: Turn, report: { readonly hostId: HostId; readonly detail: string }): void {
  const { state, plan } = turn;
  const isOfThisRun = Object.values(state.hosts).some(({ hostId }) => hostId === report.hostId);
  if (!isOfThisRun || state.stage === "ended") return;
  const steps = [...plan.steps, ...plan.rollbackSteps];
  const undone = steps.filter((step) => isUndone(turn, step, report.hostId)).map(({ id }) => id);
  const unsealed = Object.entries(plan.runbook.secrets)
    .filter(([name, { host }]) => state.hosts[host]?.hostId === report.hostId && state.secrets[name] !== undefined)
    .map(([name]) => name);
  if (state.startedAt !== undefined || unsealed.length > 0) {
    turn.emit({ type: "hostRebooted", hostId: report.hostId, undone, unsealed });
  }
  holdRun(turn, "hostRebooted", report.detail);
}

/** Whether a reboot of a host takes away what a step has brought about there, and the run still needs it. */
function isUndone({ state }: Turn, step: CompiledStep | CompiledRollbackStep, hostId: HostId): boolean {
  if (step.afterReboot === undefined || step.work.kind !== "task") return false;
  if (state.hosts[step.work.task.host]?.hostId !== hostId || stepStageOf(state, step.id) !== "done") return false;
  const { againUntil } = step.afterReboot;
  // Until that step is done, and not until it begins: one that was broken off still needs what came before it.
  return againUntil === undefined || stepStageOf(state, againUntil) !== "done";
}
