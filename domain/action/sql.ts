import { z } from "zod";
import { Milliseconds, TextList, WholeNumber } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { PostgresTarget, SessionSeen, TableName } from "./postgresTarget.ts";
import { Assertions } from "./sqlAssertions.ts";

const count = z.int().min(0);
const percent = z.number().min(0).max(100);
const tools = { psql: "postgresql-client", docker: "docker.io" } as const;
/** One statement. */
const Statement = z.string().min(1).max(8000);
/** 0 to 100; a template renders to text. */
const Percent = z
  .union([
    percent,
    z
      .string()
      .regex(/^\d{1,3}(\.\d{1,6})?$/, "a percentage")
      .transform(Number),
  ])
  .pipe(percent);
const BatchLabel = z.string().regex(/^([a-z][a-z0-9-]{0,30})?$/, "a lower-case word, or nothing");

/** How locks are waited for: each time so long, so many times. Waiting longer at once would make everybody behind us wait too. */
const lockWaitMs = WholeNumber.pipe(z.int().min(100).max(60_000)).default(2000);
const lockTries = WholeNumber.pipe(z.int().min(1).max(1000)).default(30);

/** What locks did to it. */
const blocking = {
  /** How often it was begun again after a lock, a deadlock or a conflict. */
  retries_count: count,
  /** How long it waited for locks of others, looked at four times a second. */
  blocked_ms: count,
  /** Whose, the first twenty: session, account, application, state. */
  blocked_by: z.array(z.string()),
};

/**
 * Works through rows in batches, each a transaction of its own: what is committed stays, and the next attempt goes on from there.
 * How far to go is said of all rows (`untilRows`, `untilPercent`, the nearer one), so that an attempt after a crash goes no
 * further.
 */
export const sqlBatch = defineAction({
  name: "sql.batch",
  title: "Work through rows in batches",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    /**
     * Does one batch: `$1` is how many rows it may take, `$2` (where `first` is given) the ids that go first. A SELECT of a
     * function answers one row with `done` and, if it has it, `failed`, or just one number; of an UPDATE or INSERT its own count
     * of rows is taken.
     */
    statement: Statement,
    /** Gives one number: all rows that there are to do, done ones included. Percentages are of these. */
    total: Statement,
    /** Gives one number: rows still to do. */
    remaining: Statement,
    batchRows: WholeNumber.pipe(z.int().min(1).max(1_000_000)).default(500),
    /** Stop when so many rows of all are done (at most as many more as failed in one batch); 0: no such limit. */
    untilRows: WholeNumber.pipe(z.int().min(0)).default(0),
    /** Stop when this share of all rows is done, rounded up to whole rows. */
    untilPercent: Percent.default(100),
    /** More failed rows among those tried than this share: it stops and fails. */
    maxFailedPercent: Percent.default(1),
    pauseMs: Milliseconds.default(0),
    /** Ids that go first, such as those of important customers. */
    first: TextList.default([]),
    /** Gives one number: how many of the ids in `$1` (an array of text) are done; empty: not asked. */
    firstDone: z.string().max(8000).default(""),
    lockWaitMs,
    lockTries,
    /** Longest that one batch may run. */
    batchTimeoutMs: WholeNumber.pipe(z.int().min(100).max(86_400_000)).default(600_000),
    /** Tells batches that run side by side apart, for `sql.cancel`. */
    label: BatchLabel.default(""),
  }),
  result: z.object({
    total_count: count,
    done_before_count: count,
    /** Of all rows, measured again at the end. */
    done_count: count,
    remaining_count: count,
    done_percent: percent,
    /** By this attempt. */
    tried_count: count,
    succeeded_count: count,
    failed_count: count,
    failed_percent: percent,
    batches_count: count,
    first_count: count,
    /** Of the ids that go first; 0 where `firstDone` is empty. */
    first_done_count: count,
    stopped_by: z.enum(["finished", "untilRows", "untilPercent"]),
    ...blocking,
    rows_per_second: z.number(),
    duration_ms: count,
  }),
  tools,
  secrets: [],
  needsDatabase: true,
  hasProgress: true,
});

/**
 * Inserts a row under a marker, looks at what became of it (by a trigger, a default), and takes it back in the same transaction:
 * nobody else ever sees it, nothing is notified, and no crash can leave it behind. Constraints and triggers that wait for the
 * commit are fired before.
 */
export const sqlCanary = defineAction({
  name: "sql.canary",
  title: "Insert a canary and look at it",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    /** An INSERT; `$1` is the marker, as text. */
    insert: Statement,
    /** A SELECT that finds the row by the marker in `$1`; each of its columns is a yes or no, and all must be yes. */
    check: Statement,
    /** Gives one number: rows with the marker in `$1`. None may be there before, and none is afterwards. */
    find: Statement,
    marker: z.string().min(1).max(200).default("slackwater-canary"),
    lockWaitMs,
    timeoutMs: Milliseconds.default(30_000),
  }),
  result: z.object({
    /** Every check is a yes. */
    ok: z.boolean(),
    checks: z.record(z.string().max(63), z.boolean()),
    failed: z.array(z.string()),
    inserted_count: count,
    /** Found afterwards, from another transaction. */
    left_count: count,
    /** How long the INSERT took, triggers included. */
    insert_ms: z.number(),
    duration_ms: count,
  }),
  tools,
  secrets: [],
  needsDatabase: true,
});

/**
 * Ends batches that run in the database, whoever started them and whether or not their agent still lives: their statement is
 * cancelled, and who is still there after `graceMs` is ended. Proves that none is left. At most the batch that is not committed
 * is lost.
 */
export const sqlCancel = defineAction({
  name: "sql.cancel",
  title: "Cancel running batches",
  class: "safe",
  args: z.strictObject({
    cluster: PostgresTarget,
    /** Only batches of this label; empty: all in this database. */
    label: BatchLabel.default(""),
    graceMs: Milliseconds.default(5000),
  }),
  result: z.object({
    sessions: z.array(SessionSeen),
    sessions_count: count,
    cancelled_count: count,
    terminated_count: count,
    left_count: count,
    duration_ms: count,
  }),
  tools,
  secrets: [],
  needsDatabase: true,
});

/** How a trigger fires, in PostgreSQL's words. `enabled`: for everything but replication. */
export const TriggerState = z.enum(["enabled", "disabled", "replica", "always"]);
export type TriggerState = z.infer<typeof TriggerState>;

/** Switches a trigger of a table. The result says how it was, which is what would put it back. */
export const sqlTrigger = defineAction({
  name: "sql.trigger",
  title: "Switch a trigger",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    table: TableName,
    trigger: z.string().min(1).max(63),
    state: TriggerState,
    lockWaitMs,
    lockTries,
  }),
  result: z.object({
    was: TriggerState,
    now: TriggerState,
    changed: z.boolean(),
    ...blocking,
    duration_ms: count,
  }),
  tools,
  secrets: [],
  needsDatabase: true,
});

/** Asks for one row, where nothing can be written, and holds it against assertions. What does not hold is a result. */
export const sqlAssert = defineAction({
  name: "sql.assert",
  title: "Check what the database says",
  class: "observe",
  args: z.strictObject({
    cluster: PostgresTarget,
    /** One SELECT. */
    sql: Statement,
    /** What must hold of its only row. */
    expect: Assertions,
    timeoutMs: Milliseconds.default(30_000),
  }),
  result: z.object({
    /** There is one row, and all of it holds. */
    ok: z.boolean(),
    /** What does not hold, with both values. */
    failed: z.array(z.string()),
    failed_count: z.number(),
    assertions_count: count,
    /** 0, 1, or 2 for more than one. */
    row_count: count,
    /** The row as text; a column without a value is left out. */
    row: z.record(z.string().max(63), z.string().max(1000)),
    detail: z.string(),
    duration_ms: z.number(),
  }),
  tools,
  secrets: [],
  needsDatabase: true,
  probe: { ok: "ok", value: "failed_count" },
});
