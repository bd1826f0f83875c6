import pg from "pg";
import { FactName } from "../../domain/fact/fact.ts";
import type { RunId } from "../../domain/ids.ts";
import { HostId, StepId, taskIdOf, UserId } from "../../domain/ids.ts";
import type { Head } from "../../domain/run/chain.ts";
import type { RunEvent } from "../../domain/run/events.ts";
import { Instant } from "../../domain/time.ts";
import { append, linkEvents } from "../../server/db/eventLog.ts";
import { takeLeases } from "../../server/db/lease.ts";
import { createRunReader } from "../../server/db/runReader.ts";
import { makeRun } from "../support/runRows.ts";
import { compileSample, SAMPLE } from "../support/sampleRun.ts";
import { openBenchDatabase } from "./benchDatabase.ts";
import type { Outcome } from "./figures.ts";
import { keepResults, short, summary } from "./figures.ts";

/**
 * Appends with chain, guard and head against a bare multi-row INSERT of the very same rows by the same client; and the load of a
 * run of 10,000 events: read, chain checked, parsed, folded. A turn of the engine appends one to six events; three is usual.
 */
const ROUNDS = 7;
const APPENDS = 600;
const EVENTS_EACH = 3;
const LOADED_EVENTS = 10_000;

export async function engine(): Promise<Outcome> {
  const database = await openBenchDatabase();
  // One client for both.
  const pool = new pg.Pool({ connectionString: database.appUrl, max: 1 });
  try {
    await makeBareTable(database.ownerUrl);
    const rounds: { oursPerSecond: number; barePerSecond: number; oneByOneRatio: number }[] = [];
    await round(pool, EVENTS_EACH); // the first one warms plans and caches, and is not counted
    for (let index = 0; index < ROUNDS; index += 1) {
      const usual = await round(pool, EVENTS_EACH);
      const single = await round(pool, 1);
      rounds.push({ ...usual, oneByOneRatio: single.oursPerSecond / single.barePerSecond });
      console.log(
        `round ${index + 1}: ours ${short(usual.oursPerSecond)} events/s, bare ${short(usual.barePerSecond)} events/s`,
      );
    }
    const loads = await loadRounds(pool);
    const ratios = rounds.map((one) => one.oursPerSecond / one.barePerSecond);
    const results = {
      appendRatio: summary(ratios),
      oneByOneRatio: summary(rounds.map((one) => one.oneByOneRatio)),
      eventsPerSecond: summary(rounds.map((one) => one.oursPerSecond)),
      load10kMs: summary(loads),
      rounds,
      loads,
    };
    console.log(`kept in ${keepResults("engine", results)}`);
    const { appendRatio, load10kMs, eventsPerSecond } = results;
    return {
      line: `engine: append_ratio=${short(appendRatio.median)} load_10k_ms=${short(load10kMs.median)} events_s=${short(eventsPerSecond.median)}`,
      limits: [{ name: "append_ratio", value: appendRatio.median, least: 0.5 }],
    };
  } finally {
    await pool.end();
    await database.close();
  }
}

/** A table of the same columns and key, and nothing else: no head, no guard, no foreign key, no trigger. */
async function makeBareTable(ownerUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query("create table bare_event (like run_event including all)");
  await owner.query("grant insert on bare_event to slackwater_app");
  await owner.end();
}

/** Ours and the baseline in turns of one append each, so that whatever else the machine does hits both. */
async function round(pool: pg.Pool, eventsEach: number) {
  const { runId } = await makeRun(pool, { runbookText: compileSample(SAMPLE).text });
  const lease = (await takeLeases(pool, "bench", 3_600_000)).find((held) => held.runId === runId);
  if (!lease) throw new Error("the run was not leased");
  let head: Head = lease.head;
  let oursMs = 0;
  let bareMs = 0;
  for (let index = 0; index < APPENDS; index += 1) {
    const at = Instant.parse(Date.now());
    const events = eventsOf(runId, index, eventsEach);
    const rows = linkEvents(runId, head, events, at);
    const bare = async () => {
      const since = performance.now();
      await insertBare(pool, runId, rows);
      bareMs += performance.now() - since;
    };
    const ours = async () => {
      const since = performance.now();
      const appended = await append(pool, { runId, after: head, fence: lease.fence, events, at, stage: "running" });
      oursMs += performance.now() - since;
      if (appended === "stale") throw new Error("stale");
      head = appended;
    };
    if (index % 2 === 0) {
      await bare();
      await ours();
    } else {
      await ours();
      await bare();
    }
  }
  const events = APPENDS * eventsEach;
  return { oursPerSecond: (events / oursMs) * 1000, barePerSecond: (events / bareMs) * 1000 };
}

/** What anyone would write: one prepared multi-row INSERT into a table with the same columns and key. */
async function insertBare(pool: pg.Pool, runId: RunId, rows: ReturnType<typeof linkEvents>): Promise<void> {
  const values: unknown[] = [runId];
  const tuples = rows.map((row) => {
    const first = values.length;
    values.push(row.seq, row.at, row.type, row.payload, row.prevHash, row.hash);
    return `($1, $${first + 1}, $${first + 2}, $${first + 3}, $${first + 4}, $${first + 5}, $${first + 6})`;
  });
  const text = `insert into bare_event (run_id, seq, at, type, payload, prev_hash, hash) values ${tuples.join(", ")}`;
  await pool.query({ name: `bare ${rows.length}`, text, values });
}

const by = UserId.parse("operator-1");
const hostId = HostId.parse("7b9f3f0e-2f5c-4b6a-9f0a-0c1d2e3f4a5b");

/** Events as a run has them: an order, its end, facts, a note. */
function eventsOf(runId: RunId, index: number, count: number): RunEvent[] {
  const taskId = taskIdOf(runId, StepId.parse("copy"), (index % 9_000) + 1);
  const at = Instant.parse(1_700_000_000_000 + index);
  const kinds: RunEvent[] = [
    {
      type: "taskOrdered",
      stepId: StepId.parse("copy"),
      taskId,
      hostId,
      action: "files.copy",
      arguments: { from: "/var/lib/postgresql/15/main", to: "/mnt/pg-data-encrypted/data", owner: "999:999" },
      inspectFirst: false,
    },
    {
      type: "factsMeasured",
      facts: [
        {
          name: FactName.parse("db.size_bytes"),
          value: 53_687_091_200 + index,
          measuredAt: at,
          source: { kind: "task", taskId, hostId },
        },
      ],
    },
    {
      type: "noteWritten",
      text: `Note ${index}: the copy is at ${index % 100} percent and nothing else has changed.`,
      by,
    },
  ];
  return Array.from({ length: count }, (_, place) => kinds[(index + place) % kinds.length] ?? kinds[0]).filter(
    (event) => event !== undefined,
  );
}

async function loadRounds(pool: pg.Pool): Promise<number[]> {
  const plan = compileSample(SAMPLE);
  const { runId } = await makeRun(pool, { runbookText: plan.text });
  const lease = (await takeLeases(pool, "bench", 3_600_000)).find((held) => held.runId === runId);
  if (!lease) throw new Error("the run was not leased");
  let head: Head = lease.head;
  for (let index = 0; head.seq < LOADED_EVENTS; index += 1) {
    const facts = eventsOf(runId, index, 3).filter((event) => event.type !== "taskOrdered");
    const events = facts.slice(0, LOADED_EVENTS - head.seq);
    const at = Instant.parse(Date.now());
    const appended = await append(pool, { runId, after: head, fence: lease.fence, events, at, stage: "preparing" });
    if (appended === "stale") throw new Error("stale");
    head = appended;
  }
  const loads: number[] = [];
  for (let index = 0; index < ROUNDS + 1; index += 1) {
    const reader = createRunReader(pool, () => plan); // fresh: nothing remembered
    const since = performance.now();
    const run = await reader.read(runId);
    if (index > 0) loads.push(performance.now() - since);
    if (run?.state.seq !== LOADED_EVENTS) throw new Error("the run was not loaded whole");
  }
  return loads;
}
