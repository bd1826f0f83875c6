import type { HostRole } from "../../ids.ts";
import type { CompiledMeasure } from "../../runbook/compiled.ts";
import { scopeOf } from "../scope.ts";
import { isActive, stepOf } from "../stepOf.ts";
import type { Turn } from "../turn.ts";
import { orderTask } from "./beginStep.ts";

/**
 * Orders the measurements that were asked for, one after another on each host: side by side they would disturb what they measure,
 * and one may need a fact of another (the backup is read after it was made). In the order of the checklist; one whose arguments
 * can't be given yet lets the others go first, and fails when it is the last.
 */
export function measureNext(turn: Turn): void {
  const busy = new Set<HostRole>();
  const queued: CompiledMeasure[] = [];
  for (const measure of turn.plan.measures) {
    const step = stepOf(turn.state, measure.id);
    const task = step?.taskId === undefined ? undefined : turn.state.tasks[step.taskId];
    if (task !== undefined && isActive(task)) busy.add(measure.task.host);
    if (step?.stage === "running" && step.taskId === undefined) queued.push(measure);
  }
  for (const host of new Set(queued.map(({ task }) => task.host))) {
    const isElsewhere = turn.host !== undefined && turn.state.hosts[host]?.hostId !== turn.host;
    if (busy.has(host) || isElsewhere) continue;
    const here = queued.filter(({ task }) => task.host === host);
    const scope = scopeOf(turn.state, turn.now);
    const next = here.find(({ task }) => turn.plan.expressions.renderArguments(task.with, scope).ok) ?? here[0];
    const attempt = next === undefined ? undefined : stepOf(turn.state, next.id)?.attempt;
    if (next === undefined || attempt === undefined) continue;
    const earlier = Object.values(turn.state.tasks).find(({ stepId }) => stepId === next.id);
    orderTask(turn, next, next.task, attempt, earlier?.report?.outcome === "unknown");
  }
}
