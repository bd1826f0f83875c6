import type { HostId, StepId, TaskId } from "../../domain/ids.ts";
import type { TaskOrder } from "../../protocol/agent.ts";

/** What became of an input: the events it caused stand in the log up to `seq`; or why it was not carried out. */
export type InputAnswer =
  | { readonly accepted: true; readonly seq: number }
  | { readonly accepted: false; readonly because: string; readonly detail: string };

/** An order to an agent as it waits in the outbox: secrets are put in when it is sent. */
export type StoredOrder = Omit<TaskOrder, "secrets">;

/** What events cause in the database, carried out in the same statement as the events. Absent: nothing of that kind. */
export interface RunEffects {
  readonly answers?: readonly { readonly inputId: string; readonly answer: InputAnswer }[];
  readonly tasks?: readonly { readonly stepId: StepId; readonly hostId: HostId; readonly order: StoredOrder }[];
  readonly cancels?: readonly TaskId[];
  /** Tasks that a host ordered of itself, having taken the run over: it has them, and nobody sends them. */
  readonly ownTasks?: RunEffects["tasks"];
  /** Tasks of which nothing more is to be sent or heard: a host ended them by itself, or their order counts for nothing. */
  readonly settled?: readonly TaskId[];
  /** True once the run has ended: the server's copies of sealed secrets are deleted. */
  readonly forgetSecrets?: true;
}

/** True where there is anything to carry out. */
export function hasEffects(effects: RunEffects): boolean {
  return Object.values(effects).some((effect) => effect === true || effect.length > 0);
}

/**
 * The parts of a WITH statement that carry the effects out; each joins `head`, the update of the run's row, and so does nothing
 * where that found no row. Their values are pushed onto `values`.
 */
export function effectStatements(effects: RunEffects, values: unknown[]): string[] {
  const parts: string[] = [];
  const put = (value: unknown): string => `$${values.push(value)}`;
  if (effects.answers) {
    const rows = put(JSON.stringify(effects.answers));
    parts.push(`answers as (
      update run_input i set answered_at = clock_timestamp(), answer = a.answer
      from head, jsonb_to_recordset(${rows}::jsonb) as a("inputId" bigint, answer jsonb)
      where i.id = a."inputId" and i.run_id = head.id)`);
  }
  if (effects.tasks) {
    const rows = put(
      JSON.stringify(effects.tasks.map(({ stepId, hostId, order }) => ({ id: order.taskId, stepId, hostId, order }))),
    );
    // The id is derived from run, step and attempt: a row that is there already is this very order.
    parts.push(`tasks as (
      insert into task (task_id, run_id, step_id, host_id, "order")
      select t.id, head.id, t."stepId", t."hostId", t."order"
      from head, jsonb_to_recordset(${rows}::jsonb) as t(id text, "stepId" text, "hostId" uuid, "order" jsonb)
      on conflict (task_id) do nothing)`);
  }
  if (effects.settled) {
    const ids = put(effects.settled);
    parts.push(`settled as (
      update task set settled_at = coalesce(settled_at, clock_timestamp()), ended_at = coalesce(ended_at, clock_timestamp())
      from head where task_id = any(${ids}::text[]) and run_id = head.id)`);
  }
  if (effects.ownTasks) {
    const rows = put(
      JSON.stringify(
        effects.ownTasks.map(({ stepId, hostId, order }) => ({ id: order.taskId, stepId, hostId, order })),
      ),
    );
    parts.push(`own_tasks as (
      insert into task (task_id, run_id, step_id, host_id, "order", settled_at)
      select t.id, head.id, t."stepId", t."hostId", t."order", clock_timestamp()
      from head, jsonb_to_recordset(${rows}::jsonb) as t(id text, "stepId" text, "hostId" uuid, "order" jsonb)
      on conflict (task_id) do update set "order" = excluded."order", settled_at = excluded.settled_at, ended_at = null)`);
  }
  if (effects.cancels) {
    const ids = put(effects.cancels);
    parts.push(`cancels as (
      update task set cancel_asked_at = clock_timestamp() from head
      where task_id = any(${ids}::text[]) and run_id = head.id and cancel_asked_at is null)`);
  }
  if (effects.forgetSecrets) parts.push(`secrets as (delete from sealed_secret s using head where s.run_id = head.id)`);
  return parts;
}
