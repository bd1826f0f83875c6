import type { TaskId } from "../../ids.ts";
import { taskIdOf } from "../../ids.ts";
import type { Instant } from "../../time.ts";
import type { EventOf } from "../events.ts";
import { IllegalTransition } from "../illegalTransition.ts";
import type { RunState, StepState, TaskState } from "../state.ts";
import { isActive } from "../stepOf.ts";

export type TaskEvent = EventOf<
  "taskOrdered" | "taskAccepted" | "taskRefused" | "taskEnded" | "taskCancelOrdered" | "taskThrottled"
>;

/** What happens to an order to an agent. The step's own end is a separate event: it needs judging. */
export function evolveTasks(state: RunState, event: TaskEvent, at: Instant): RunState {
  switch (event.type) {
    case "taskOrdered":
      return ordered(state, event, at);
    case "taskAccepted": {
      const task = active(state, event.taskId);
      const stage = task.stage === "ordered" ? "accepted" : task.stage;
      return withTask(state, { ...task, stage }, { mayHaveActed: true });
    }
    case "taskRefused":
      return withTask(state, { ...active(state, event.taskId), stage: "refused" }, {});
    case "taskEnded": {
      const task: TaskState = { ...active(state, event.taskId), stage: "ended", report: event.report };
      const result = event.report.outcome === "succeeded" ? { result: event.report.result } : {};
      return withTask(state, task, { mayHaveActed: true, ...result });
    }
    case "taskCancelOrdered":
      return withTask(state, { ...active(state, event.taskId), stage: "cancelOrdered" }, {});
    case "taskThrottled": {
      const throttle = { setting: event.to, seq: state.seq };
      return withTask(state, { ...active(state, event.taskId), throttle }, {});
    }
    default:
      return event satisfies never;
  }
}

function ordered(state: RunState, event: EventOf<"taskOrdered">, at: Instant): RunState {
  const step = state.steps[event.stepId];
  if (step?.stage !== "running")
    throw new IllegalTransition(state.seq, `a task for step ${event.stepId}, which does not run`);
  // The id is derived, so an equal id is the same order: it can't be given twice, and no other attempt can be meant.
  if (event.taskId !== taskIdOf(state.runId, step.stepId, step.attempt) || step.taskId !== undefined) {
    throw new IllegalTransition(state.seq, `task ${event.taskId} is not the one of attempt ${step.attempt}`);
  }
  // What was said of an earlier attempt is meant for this one too: it is the same copy on the same host.
  const earlier = Object.values(state.tasks).find((other) => other.stepId === step.stepId);
  const task: TaskState = {
    taskId: event.taskId,
    stepId: event.stepId,
    hostId: event.hostId,
    action: event.action,
    stage: "ordered",
    orderedAt: at,
    ...(earlier?.throttle === undefined ? {} : { throttle: earlier.throttle }),
  };
  // Only the newest task of a step is kept: a log of many attempts must not make every event dearer.
  const others = Object.entries(state.tasks).filter(([, other]) => other.stepId !== step.stepId);
  const tasks = { ...Object.fromEntries(others), [task.taskId]: task };
  return { ...state, tasks, steps: { ...state.steps, [step.stepId]: { ...step, taskId: task.taskId } } };
}

function active(state: RunState, taskId: TaskId): TaskState {
  const task = state.tasks[taskId];
  if (task === undefined || !isActive(task)) throw new IllegalTransition(state.seq, `task ${taskId} is not under way`);
  return task;
}

function withTask(
  state: RunState,
  task: TaskState,
  learnt: Partial<Pick<StepState, "mayHaveActed" | "result">>,
): RunState {
  const step = state.steps[task.stepId];
  if (step === undefined) throw new IllegalTransition(state.seq, `task ${task.taskId} has no step`);
  return {
    ...state,
    tasks: { ...state.tasks, [task.taskId]: task },
    steps: { ...state.steps, [step.stepId]: { ...step, ...learnt } },
  };
}
