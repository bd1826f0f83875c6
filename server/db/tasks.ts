import type pg from "pg";
import { HostId, RunId, StepId, TaskId } from "../../domain/ids.ts";
import type { Report } from "../../domain/run/intents.ts";
import type { Instant } from "../../domain/time.ts";
import type { Progress } from "../../protocol/agent.ts";
import { SealedSecret, TaskOrder } from "../../protocol/agent.ts";
import type { StoredOrder } from "./effectStatements.ts";
import { writeReport } from "./inputs.ts";
import type { Queryable } from "./queryable.ts";
import { inTransaction } from "./queryable.ts";

/** A task as its gateway needs it. */
export interface OpenTask {
  readonly taskId: TaskId;
  readonly runId: RunId;
  readonly order: StoredOrder;
  /** The agent has accepted it. */
  readonly accepted: boolean;
  readonly cancelAsked: boolean;
}

/** Tasks of a host whose end is not on record, oldest first. */
export async function openTasks(db: Queryable, hostId: HostId): Promise<OpenTask[]> {
  const { rows } = await db.query<{
    task_id: string;
    run_id: string;
    order: unknown;
    accepted: boolean;
    cancel_asked: boolean;
  }>({
    name: "open tasks",
    text: `select task_id, run_id, "order", settled_at is not null as accepted, cancel_asked_at is not null as cancel_asked
      from task where host_id = $1 and ended_at is null order by created_at`,
    values: [hostId],
  });
  return rows.map((row) => ({
    taskId: TaskId.parse(row.task_id),
    runId: RunId.parse(row.run_id),
    order: TaskOrder.omit({ secrets: true }).parse(row.order),
    accepted: row.accepted,
    cancelAsked: row.cancel_asked,
  }));
}

/** Whose a task is; undefined where there is no such task. */
export interface TaskPlace {
  readonly runId: RunId;
  readonly stepId: StepId;
  readonly hostId: HostId;
  readonly outputBytes: number;
}

/** Finds a task by its id. */
export async function taskPlace(db: Queryable, taskId: TaskId): Promise<TaskPlace | undefined> {
  const { rows } = await db.query<{ run_id: string; step_id: string; host_id: string; output_bytes: string }>({
    name: "task place",
    text: "select run_id, step_id, host_id, output_bytes from task where task_id = $1",
    values: [taskId],
  });
  const row = rows[0];
  if (!row) return undefined;
  return {
    runId: RunId.parse(row.run_id),
    stepId: StepId.parse(row.step_id),
    hostId: HostId.parse(row.host_id),
    outputBytes: Number(row.output_bytes),
  };
}

type TaskReportOf = Extract<Report, { report: "taskAccepted" | "taskRefused" | "taskEnded" }>;

/**
 * Puts an agent's word about a task on record: the row, and the report for the engine, in one transaction and once, however often
 * it is sent. Only what was committed may be acknowledged to the agent.
 */
export async function recordTaskReport(pool: pg.Pool, runId: RunId, report: TaskReportOf): Promise<void> {
  const ends = report.report !== "taskAccepted";
  await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `update task set settled_at = coalesce(settled_at, clock_timestamp())
         ${ends ? ", ended_at = coalesce(ended_at, clock_timestamp())" : ""}
       where task_id = $1`,
      [report.taskId],
    );
    if (rowCount === 0) return { undo: true, value: undefined };
    // One end of a task counts, whether it was refused or ran: the key is the same for both.
    await writeReport(client, { runId, report, dedupeKey: `${report.taskId} ${ends ? "ended" : "accepted"}` });
    return { undo: false, value: undefined };
  });
}

/** Puts on record that nobody can tell how a task ended: guessing either way could run something twice or never. */
export function recordUnknownEnd(
  pool: pg.Pool,
  { taskId, runId }: Pick<OpenTask, "taskId" | "runId">,
  at: Instant,
  message: string,
): Promise<void> {
  const failure = { code: "unknownOutcome", message } as const;
  const ended = { outcome: "unknown", startedAt: at, endedAt: at, outputBytes: 0, failure } as const;
  return recordTaskReport(pool, runId, { report: "taskEnded", taskId, ended, facts: [] });
}

/** Keeps the newest progress of a task. */
export async function storeProgress(db: Queryable, taskId: TaskId, progress: Progress, at: number): Promise<void> {
  await db.query({
    name: "store progress",
    text: `update task set progress = $2, progress_at = $3
      where task_id = $1 and (progress_at is null or progress_at <= $3)`,
    values: [taskId, progress, at],
  });
}

/** The sealed passphrases of a run for one host. */
export async function sealedSecrets(db: Queryable, runId: RunId, hostId: HostId): Promise<SealedSecret[]> {
  const { rows } = await db.query<{ name: string; recipient: string; ciphertext: string }>(
    "select name, recipient, ciphertext from sealed_secret where run_id = $1 and host_id = $2 order by name",
    [runId, hostId],
  );
  return rows.map((row) => SealedSecret.parse(row));
}

/**
 * Forgets the keys that a host made for runs which have not ended: it kept them in memory, and was started anew. Whoever seals something
 * to one of them would seal it to nobody.
 */
export async function forgetRunKeys(db: Queryable, hostId: HostId): Promise<void> {
  await db.query("delete from run_key where host_id = $1 and run_id in (select id from run where stage <> 'ended')", [
    hostId,
  ]);
}

/** Keeps the key that a host made for a run; a newer one replaces it (the host lost the older). */
export async function storeRunKey(
  db: Queryable,
  key: { readonly runId: RunId; readonly hostId: HostId; readonly recipient: string; readonly signature: string },
): Promise<void> {
  await db.query(
    `insert into run_key (run_id, host_id, recipient, signature) values ($1, $2, $3, $4)
     on conflict (run_id, host_id) do update set recipient = excluded.recipient, signature = excluded.signature`,
    [key.runId, key.hostId, key.recipient, key.signature],
  );
}
