import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { Fact } from "../../domain/fact/fact.ts";
import { FailureReport } from "../../domain/failure.ts";
import type { RunId } from "../../domain/ids.ts";
import { Digest, HostId, TaskId } from "../../domain/ids.ts";
import { JoiningTurn } from "../../domain/localRun/localTurn.ts";
import type { Report } from "../../domain/run/intents.ts";
import { Order, ProbeReading } from "../../domain/run/intents.ts";
import { TaskReport } from "../../domain/run/taskReport.ts";
import { storable } from "../../domain/text/storable.ts";
import { DurationMs, Instant } from "../../domain/time.ts";
import type { HeardReading } from "../../domain/trigger/probeWatch.ts";
import type { InputAnswer } from "./effectStatements.ts";
import type { Notice } from "./notices.ts";
import { CHANNEL } from "./notices.ts";
import type { Queryable } from "./queryable.ts";

/** Who ordered something, with role and groups as they were at that moment, and the last event that they had seen. */
export const OrderActor = z.object({
  userId: z.string(),
  role: z.string(),
  groups: z.array(z.string()),
  sawSeq: z.int().min(0).exactOptional(),
  /** The token by which a script gave it; absent where its person did. */
  tokenId: z.uuid().exactOptional(),
});
export type OrderActor = z.infer<typeof OrderActor>;

const report = <Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.object({ report: z.literal(name), ...shape });

/** A report as it is stored: the same as domain/run/intents.ts says. */
const StoredReport = z.discriminatedUnion("report", [
  report("taskAccepted", { taskId: TaskId }),
  report("taskRefused", { taskId: TaskId, failure: FailureReport }),
  report("taskEnded", { taskId: TaskId, ended: TaskReport, facts: z.array(Fact) }),
  report("factsMeasured", { facts: z.array(Fact) }),
  report("clockMeasured", { hostId: HostId, offMs: z.number() }),
  report("timerFired", { timerId: z.string() }),
  report("probeRead", { probeId: z.string(), reading: ProbeReading }),
  report("downtimeMeasured", {
    lastAcceptedAt: Instant,
    firstAcceptedAt: Instant.exactOptional(),
    downtimeMs: DurationMs.exactOptional(),
  }),
  report("hostRebooted", { hostId: HostId, detail: z.string() }),
  report("hostKnowsMore", { hostId: HostId, seq: z.int().min(1), hash: Digest }),
  report("wake", {}),
]);

/** What a probe read, as it waits for the engine, which knows what was read before (domain/trigger/probeWatch.ts). */
export interface ProbeRead {
  readonly report: "probeRead";
  readonly probeId: string;
  readonly reading: ProbeReading;
}

/** What a host decided by itself, as it waits to be joined. */
export const StoredTurn = z.object({ hostId: HostId, turn: JoiningTurn });
export type StoredTurn = z.infer<typeof StoredTurn>;

/** One thing the engine has to deal with. `unreadable`: written by another version; it is answered with a refusal. */
export type RunInput =
  | { readonly id: string; readonly kind: "order"; readonly order: Order; readonly actor: OrderActor }
  | { readonly id: string; readonly kind: "report"; readonly report: Report | ProbeRead }
  | { readonly id: string; readonly kind: "local"; readonly local: StoredTurn }
  | { readonly id: string; readonly kind: "unreadable"; readonly why: string };

const notice = (runId: RunId): string => JSON.stringify({ about: "inputs", runId } satisfies Notice);

/** Writes an order of a person and wakes the engine. Answers the input's id, for `awaitAnswer`. */
export async function writeOrder(
  db: Queryable,
  input: { readonly runId: RunId; readonly order: Order; readonly actor: OrderActor },
): Promise<string> {
  const { runId, order, actor } = input;
  const { rows } = await db.query<{ id: string }>(
    `with input as (
       insert into run_input (run_id, kind, payload, actor) values ($1, 'order', $2, $3) returning id)
     select id, pg_notify($4, $5) from input`,
    [runId, storable(order), actor, CHANNEL, notice(runId)],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error("the order was not written");
  return id;
}

/**
 * Writes what an agent, a timer or a probe reports. With a key, a repeat is written once: answers false for it. The engine is
 * told by the notifier after the transaction has committed, not here.
 */
export async function writeReport(
  db: Queryable,
  input: { readonly runId: RunId; readonly report: Report | ProbeRead; readonly dedupeKey?: string },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "write report",
    text: `insert into run_input (run_id, kind, payload, dedupe_key) values ($1, 'report', $2, $3)
      on conflict (dedupe_key) do nothing`,
    values: [input.runId, storable(input.report), input.dedupeKey ?? null],
  });
  return rowCount === 1;
}

/** Writes what a probe read. */
export async function writeReading(db: Queryable, runId: RunId, probeId: string, reading: ProbeReading): Promise<void> {
  await writeReport(db, { runId, report: { report: "probeRead", probeId, reading } });
}

/** What the probes of a run read in the last so many ms and the engine has dealt with, oldest first, each with when it was written. */
export async function readingsSince(
  db: Queryable,
  runId: RunId,
  backMs: number,
  now: Instant,
): Promise<HeardReading[]> {
  if (backMs === 0) return [];
  const { rows } = await db.query<{ payload: unknown; at: Date }>({
    name: "readings since",
    text: `select payload, created_at as at from run_input
      where run_id = $1 and answered_at is not null and created_at > to_timestamp($2 / 1000.0)
        and payload->>'report' = 'probeRead' order by id`,
    values: [runId, now - backMs],
  });
  return rows.flatMap(({ payload, at }) => {
    const read = StoredReport.safeParse(payload);
    if (!read.success || read.data.report !== "probeRead") return [];
    const { probeId, reading } = read.data;
    return [{ probeId, reading, at: Instant.parse(Math.min(at.getTime(), now)) }];
  });
}

/** Writes what a host decided by itself, once. Answers the input's id, for `awaitAnswer`; also that of a repeat. */
export async function writeTurn(db: Queryable, runId: RunId, local: StoredTurn): Promise<string> {
  const key = `${runId} local ${local.turn.digest}`;
  await db.query(
    `insert into run_input (run_id, kind, payload, dedupe_key) values ($1, 'local', $2, $3)
     on conflict (dedupe_key) do nothing`,
    [runId, storable(local), key],
  );
  const { rows } = await db.query<{ id: string }>("select id from run_input where dedupe_key = $1", [key]);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error("the turn was not written");
  return id;
}

/** What the engine has not answered yet, in the order in which it was written. */
export async function unansweredInputs(db: Queryable, runId: RunId, limit = 100): Promise<RunInput[]> {
  const { rows } = await db.query<{ id: string; kind: string; payload: unknown; actor: unknown }>({
    name: "unanswered inputs",
    text: `select id, kind, payload, actor from run_input
      where run_id = $1 and answered_at is null order by id limit $2`,
    values: [runId, limit],
  });
  return rows.map(({ id, ...row }) => {
    if (row.kind === "local") {
      const local = StoredTurn.safeParse(row.payload);
      return local.success
        ? { id, kind: "local", local: local.data }
        : { id, kind: "unreadable", why: local.error.message };
    }
    const read =
      row.kind === "order"
        ? StoredInputOrder.safeParse({ order: row.payload, actor: row.actor })
        : StoredInputReport.safeParse({ report: row.payload });
    if (!read.success) return { id, kind: "unreadable", why: read.error.message };
    return "order" in read.data ? { id, kind: "order", ...read.data } : { id, kind: "report", ...read.data };
  });
}

const StoredInputOrder = z.object({ order: Order, actor: OrderActor });
const StoredInputReport = z.object({ report: StoredReport });

const StoredAnswer = z.union([
  z.object({ accepted: z.literal(true), seq: z.int() }),
  z.object({ accepted: z.literal(false), because: z.string(), detail: z.string() }),
]);

/** Waits for the engine's answer to an order; undefined when there is none in time (the order stands and may still be obeyed). */
export async function awaitAnswer(db: Queryable, inputId: string, withinMs: number): Promise<InputAnswer | undefined> {
  const until = performance.now() + withinMs;
  for (let pauseMs = 4; ; pauseMs = Math.min(pauseMs * 1.6, 100)) {
    const { rows } = await db.query<{ answer: unknown }>({
      name: "answer of input",
      text: `select answer from run_input where id = $1 and answered_at is not null`,
      values: [inputId],
    });
    if (rows[0]) return StoredAnswer.parse(rows[0].answer);
    if (performance.now() + pauseMs > until) return undefined;
    await sleep(pauseMs);
  }
}
