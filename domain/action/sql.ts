import { z } from "zod";
import { Milliseconds, TextList, WholeNumber } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { EXAMPLE_CLUSTER, PostgresTarget, SessionSeen, TableName } from "./postgresTarget.ts";
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

const lockWaitMs = WholeNumber.pipe(z.int().min(100).max(60_000))
  .default(2000)
  .describe("How long a lock is waited for at once. Waiting longer would make everybody behind it wait too.");
const lockTries = WholeNumber.pipe(z.int().min(1).max(1000))
  .default(30)
  .describe("How often it is tried where a lock is not free in time, or after a deadlock or a conflict.");

/** What locks did to it. */
const blocking = {
  retries_count: count.describe("How often it was begun again after a lock, a deadlock or a conflict."),
  blocked_ms: count.describe("How long it waited for locks of others, looked at four times a second."),
  blocked_by: z.array(z.string()).describe("Whose locks, the first twenty: session, account, application, state."),
};

/** `sql.batch`. */
export const sqlBatch = defineAction({
  name: "sql.batch",
  title: "Work through rows in batches",
  about:
    "Works through rows in batches, each a transaction of its own: what is committed stays, and the next attempt goes on from there. How far to go is said of all rows (`untilRows`, `untilPercent`, the nearer one), so that an attempt after a crash goes no further. It stops and fails when too many rows fail, when three batches one after another do no row, and when a lock stays taken for `lockTries` tries. Refused, with nothing of it kept: a statement that is no SELECT, INSERT or UPDATE, or that does not say how many rows it did.",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    statement: Statement.describe(
      "Does one batch: `$1` is how many rows it may take, `$2` (where `first` is given) the ids that go first. A SELECT of a function answers one row with `done` and, if it has it, `failed`, or just one number; of an UPDATE or INSERT its own count of rows is taken.",
    ),
    total: Statement.describe(
      "Gives one number: all rows that there are to do, done ones included. Percentages are of these.",
    ),
    remaining: Statement.describe("Gives one number: rows still to do."),
    batchRows: WholeNumber.pipe(z.int().min(1).max(1_000_000))
      .default(500)
      .describe("Most rows that one batch may take, given to the statement as `$1`."),
    untilRows: WholeNumber.pipe(z.int().min(0))
      .default(0)
      .describe(
        "Stop when so many rows of all are done (at most as many more as failed in one batch); 0: no such limit.",
      ),
    untilPercent: Percent.default(100).describe("Stop when this share of all rows is done, rounded up to whole rows."),
    maxFailedPercent: Percent.default(1).describe(
      "More failed rows among those tried than this share: it stops and fails.",
    ),
    pauseMs: Milliseconds.default(0).describe("Pause after each batch."),
    first: TextList.default([]).describe("Ids that go first, such as those of important customers."),
    firstDone: z
      .string()
      .max(8000)
      .default("")
      .describe("Gives one number: how many of the ids in `$1` (an array of text) are done; empty: not asked."),
    lockWaitMs,
    lockTries,
    batchTimeoutMs: WholeNumber.pipe(z.int().min(100).max(86_400_000))
      .default(600_000)
      .describe("Longest that one statement of a batch may run; then the batch is rolled back, and the action fails."),
    label: BatchLabel.default("").describe("Tells batches that run side by side apart, for `sql.cancel`."),
  }),
  example: {
    cluster: EXAMPLE_CLUSTER,
    statement: "select done, failed from encrypt_customers($1)",
    total: "select count(*) from customers where email is not null",
    remaining: "select count(*) from customers where email is not null and email_sealed is null",
    batchRows: 500,
    untilPercent: 5,
    label: "customers",
  },
  result: z.object({
    total_count: count.describe("All rows, measured again at the end."),
    done_before_count: count.describe("Of all rows, before this attempt."),
    done_count: count.describe("Of all rows, measured again at the end."),
    remaining_count: count,
    done_percent: percent,
    tried_count: count.describe("By this attempt: those done and those failed."),
    succeeded_count: count.describe("By this attempt."),
    failed_count: count.describe("By this attempt; a row that was tried again and failed again counts each time."),
    failed_percent: percent.describe("Of those tried."),
    batches_count: count,
    first_count: count.describe("Ids that go first."),
    first_done_count: count.describe("Of the ids that go first; 0 where `firstDone` is empty."),
    stopped_by: z
      .enum(["finished", "untilRows", "untilPercent"])
      .describe("Why it stopped: no row is left, or which limit was reached."),
    ...blocking,
    rows_per_second: z.number().describe("Rows done by this attempt, with all its pauses and waits."),
    duration_ms: count,
  }),
  undo: "Rows that are committed stay; only a statement of the runbook's own can put them back, such as another `sql.batch` that does the reverse.",
  afterCancel:
    "What was committed before; the batch at that moment is rolled back, and a retry goes on from there. A session that still works is named by the receipt, and `sql.cancel` ends it.",
  tools,
  secrets: [],
  needsDatabase: true,
  hasProgress: true,
  canBeThrottled: true,
});

/** `sql.canary`. */
export const sqlCanary = defineAction({
  name: "sql.canary",
  title: "Insert a canary and look at it",
  about:
    "Inserts a row under a marker, looks at what became of it (by a trigger, a default), and takes it back in the same transaction: nobody else ever sees it, nothing is notified, and no crash can leave it behind. Constraints and triggers that wait for the commit are fired before. A check that is a no is a result (`ok` false), not a failure. Refused where rows with the marker are there already, and what is not one INSERT of at least one row.",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    insert: Statement.describe("An INSERT; `$1` is the marker, as text."),
    check: Statement.describe(
      "A SELECT that finds the row by the marker in `$1`; each of its columns is a yes or no, and all must be yes.",
    ),
    find: Statement.describe(
      "Gives one number: rows with the marker in `$1`. None may be there before; it is asked again afterwards.",
    ),
    marker: z
      .string()
      .min(1)
      .max(200)
      .default("slackwater-canary")
      .describe("The text by which the row is found; no row of anybody's may have it."),
    lockWaitMs,
    timeoutMs: Milliseconds.default(30_000).describe("How long the INSERT may take, and the check; 0: no limit."),
  }),
  example: {
    cluster: EXAMPLE_CLUSTER,
    insert: "insert into customers (name, email) values ($1, 'canary@example.org')",
    check: "select email_sealed is not null as is_sealed from customers where name = $1",
    find: "select count(*) from customers where name = $1",
  },
  result: z.object({
    ok: z.boolean().describe("Every check is a yes."),
    checks: z
      .record(z.string().max(63), z.boolean())
      .describe("Yes or no by column; a value that is not there is a no."),
    failed: z.array(z.string()).describe("The columns that are a no."),
    inserted_count: count,
    left_count: count.describe("Found afterwards, from another transaction."),
    insert_ms: z.number().describe("How long the INSERT took, triggers included."),
    duration_ms: count,
  }),
  undo: "It takes the row back itself, by a rollback; only numbers that it drew from a sequence stay drawn.",
  tools,
  secrets: [],
  needsDatabase: true,
});

/** `sql.cancel`. */
export const sqlCancel = defineAction({
  name: "sql.cancel",
  title: "Cancel running batches",
  about:
    "Ends batches of `sql.batch` that run in the database, whoever started them and whether or not their agent still lives: their statement is cancelled, one that rests between two batches is ended at once, and who is still there after `graceMs` is ended. Proves that none is left, or fails and names who is. At most the batch that is not committed is lost. Only sessions in the database and of the account that `cluster` names; all others are left alone. Safe to repeat.",
  class: "safe",
  args: z.strictObject({
    cluster: PostgresTarget,
    label: BatchLabel.default("").describe("Only batches of this label; empty: all in this database."),
    graceMs: Milliseconds.default(5000).describe(
      "How long a cancelled batch may take to be gone before its session is ended.",
    ),
  }),
  example: { cluster: EXAMPLE_CLUSTER, label: "customers" },
  result: z.object({
    sessions: z.array(SessionSeen).describe("The batches that were there."),
    sessions_count: count,
    cancelled_count: count.describe("Those that worked, whose statement was cancelled."),
    terminated_count: count.describe("Those whose session was ended."),
    left_count: count,
    duration_ms: count,
  }),
  afterCancel: "The batches that were not ended by then run on: order it again.",
  tools,
  secrets: [],
  needsDatabase: true,
});

/** How a trigger fires, in PostgreSQL's words. `enabled`: for everything but replication. */
export const TriggerState = z.enum(["enabled", "disabled", "replica", "always"]);
export type TriggerState = z.infer<typeof TriggerState>;

/** `sql.trigger`. */
export const sqlTrigger = defineAction({
  name: "sql.trigger",
  title: "Switch a trigger",
  about:
    "Switches a trigger of a table. The result says how it was, which is what would put it back. Nobody may write to the table while it is switched, so its lock is asked for briefly, and again. One that is in that state already is left alone, a success. A table without this trigger is a failure; triggers that PostgreSQL made itself for a constraint don't count.",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    table: TableName,
    trigger: z.string().min(1).max(63).describe("Name of the trigger, just as PostgreSQL has it."),
    state: TriggerState.describe(
      "How it fires from now on. enabled: for everything but replication. replica: only for replication. always: for both. disabled: for nothing.",
    ),
    lockWaitMs,
    lockTries,
  }),
  example: { cluster: EXAMPLE_CLUSTER, table: "customers", trigger: "seal_customer", state: "enabled" },
  result: z.object({
    was: TriggerState,
    now: TriggerState,
    changed: z.boolean(),
    ...blocking,
    duration_ms: count,
  }),
  undo: "`sql.trigger` again, with the state that `was` of the result names.",
  afterCancel: "The trigger switched or as it was, nothing in between.",
  tools,
  secrets: [],
  needsDatabase: true,
});

/** `sql.assert`. */
export const sqlAssert = defineAction({
  name: "sql.assert",
  title: "Check what the database says",
  about:
    "Asks for one row, where nothing can be written, and holds it against assertions. What does not hold is a result (`ok` false), not a failure, and so is no row, more than one, or a column that the row does not have. Refused: what is no query, and more than one statement.",
  class: "observe",
  args: z.strictObject({
    cluster: PostgresTarget,
    sql: Statement.describe("One SELECT."),
    expect: Assertions,
    timeoutMs: Milliseconds.default(30_000).describe("How long the query may take; 0: no limit."),
  }),
  example: {
    cluster: EXAMPLE_CLUSTER,
    sql: "select count(*) as customers, count(email_sealed) as sealed from customers where email is not null",
    expect: "sealed = customers; customers > 0",
  },
  result: z.object({
    ok: z.boolean().describe("There is one row, and all of it holds."),
    failed: z.array(z.string()).describe("What does not hold, with both values."),
    failed_count: z.number(),
    assertions_count: count,
    row_count: count.describe("0, 1, or 2 for more than one."),
    row: z
      .record(z.string().max(63), z.string().max(1000))
      .describe("The (first) row as text; a column without a value is left out."),
    detail: z.string().describe("What does not hold, as one text."),
    duration_ms: z.number(),
  }),
  tools,
  secrets: [],
  needsDatabase: true,
  probe: { ok: "ok", value: "failed_count" },
});
