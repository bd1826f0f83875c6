import { z } from "zod";

/**
 * The identities of the domain. Each is a brand, so that two of them can never be swapped by accident; all are
 * minted here and nowhere else. Slugs are written by people in runbooks, uuids by the server.
 */
const slug = z
  .string()
  // Ids are keys of objects, and every object has something by this one name already: no step or gate can be told from it.
  .regex(
    /^(?!constructor$)[a-z][a-z0-9-]{0,62}$/,
    "a lower-case word: letters, digits and hyphens, 63 at most, and not constructor",
  );

export const WindowId = z.uuid().brand<"WindowId">();
/** One planned piece of maintenance. */
export type WindowId = z.infer<typeof WindowId>;

export const RunId = z.uuid().brand<"RunId">();
/** One execution of a window's runbook. */
export type RunId = z.infer<typeof RunId>;

export const HostId = z.uuid().brand<"HostId">();
/** An enrolled host; one agent runs on it. */
export type HostId = z.infer<typeof HostId>;

export const UserId = z.string().min(1).max(64).brand<"UserId">();
/** A person who can sign in. Events carry this id, never a name: names live where they can be erased. */
export type UserId = z.infer<typeof UserId>;

export const StepId = slug.brand<"StepId">();
/** A step, rollback step or measured checklist item; unique within one runbook. */
export type StepId = z.infer<typeof StepId>;

export const GateId = slug.brand<"GateId">();
/** A gate. The runbook's `approval` gate has the id `go`; a gate step's gate has the id of its step. */
export type GateId = z.infer<typeof GateId>;

export const HostRole = slug.brand<"HostRole">();
/** A host's part in a runbook (`db`); a window binds each role to one HostId. */
export type HostRole = z.infer<typeof HostRole>;

export const Digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "a SHA-256 in lower-case hexadecimal")
  .brand<"Digest">();
/** A SHA-256, 64 lower-case hexadecimal characters. */
export type Digest = z.infer<typeof Digest>;

export const TaskId = z
  .string()
  .regex(
    /^[0-9a-f-]{36}\.(?!constructor\.)[a-z][a-z0-9-]{0,62}\.[1-9][0-9]{0,3}$/,
    "run id, step id and attempt, joined by dots",
  )
  .brand<"TaskId">();
/** One order to one agent: `<run id>.<step id>.<attempt>`. Derived, so that a repeated decision can't mint a second one. */
export type TaskId = z.infer<typeof TaskId>;

/** The task id of an attempt (counted from 1) at a step of a run. */
export function taskIdOf(runId: RunId, stepId: StepId, attempt: number): TaskId {
  return TaskId.parse(`${runId}.${stepId}.${attempt}`);
}

/** Takes a task id apart again. */
export function partsOfTaskId(taskId: TaskId): { runId: RunId; stepId: StepId; attempt: number } {
  const [runId, stepId, attempt] = taskId.split(".");
  return { runId: RunId.parse(runId), stepId: StepId.parse(stepId), attempt: Number(attempt) };
}
