import { FAILURES } from "../../failure.ts";
import type { CompiledRetry } from "../../runbook/compiled.ts";
import { later } from "../../time.ts";
import type { AnyStep } from "../findStep.ts";
import type { StepState } from "../state.ts";
import type { Turn } from "../turn.ts";
import { beginStep } from "./beginStep.ts";
import { holdOutOfReach } from "./outOfReach.ts";

/** What became of a failed step's retries: one is planned or was begun, or there is none left. */
export type RetryState = "pending" | "none";

/**
 * Retries a failed step by itself, as often as the runbook says, each pause longer than the last by its factor. Only what the
 * list of failures calls retryable: a copy that differs does not become right by doing it again.
 */
export function retryStep(turn: Turn, step: AnyStep, retry: CompiledRetry | undefined, now: StepState): RetryState {
  if (retry === undefined || now.attempt > retry.times || now.failure === undefined) return "none";
  const task = now.taskId === undefined ? undefined : turn.state.tasks[now.taskId];
  if (task?.stage === "refused" || !FAILURES[now.failure.code].retryable) return "none";
  if (now.dueAt === undefined) {
    const pauseMs = Math.min(retry.pauseMs * retry.factor ** (now.attempt - 1), LONGEST_PAUSE_MS);
    const timerId = `${step.id}.retry.${now.attempt}`;
    turn.emit({ type: "timerSet", timerId, firesAt: later(turn.now, pauseMs), purpose: "retry", stepId: step.id });
  } else if (turn.now >= now.dueAt && !holdOutOfReach(turn, step)) {
    beginStep(turn, step);
  }
  return "pending";
}

const LONGEST_PAUSE_MS = 3_600_000;
