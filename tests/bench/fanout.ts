import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { HostId, RunId, TaskId } from "../../domain/ids.ts";
import { StepId, taskIdOf } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { FakeAgent } from "../support/fakeAgent.ts";
import { connectAgent, enrolHost } from "../support/fakeAgent.ts";
import { makeRun } from "../support/runRows.ts";
import { compileSample } from "../support/sampleRun.ts";
import type { ServerProcess } from "../support/serverProcess.ts";
import type { BenchDatabase } from "./benchDatabase.ts";
import { openBenchDatabase } from "./benchDatabase.ts";
import { openBenchHouse } from "./benchHouse.ts";
import type { Outcome } from "./figures.ts";
import { keepResults, percentile, short, summary } from "./figures.ts";
import { cpuMs, endProgram, hear, startProgram } from "./processes.ts";
import { progressOf } from "./updates.ts";

/**
 * A thousand watchers of one run, twenty updates a second. Ours is the whole server (`server/main.ts --no-web`): an agent sends
 * progress over its websocket, and signed-in browsers hear it. The baseline is a bare socket.io server that makes the same frames
 * itself. Server, watchers and the agent are processes of their own; ours has one hop more to make.
 */
const WATCHERS = 1_000;
const UPDATES_PER_SECOND = 20;
const SECONDS = 8;
const ROUNDS = 5;
/**
 * Each task's progress is shown at most ten times a second, and a figure that a newer one overtakes within that time is not shown: right for
 * people, but here every update is counted. Twenty tasks at one a second keep clear of it, however the machine stalls.
 */
const TASKS = 20;
const UPDATES = UPDATES_PER_SECOND * SECONDS;

interface Round {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly cpuPercent: number;
  readonly delivered: number;
}

export async function fanout(): Promise<Outcome> {
  const database = await openBenchDatabase();
  let house: House | undefined;
  try {
    house = await openHouse(database);
    const ours: Round[] = [];
    const bare: Round[] = [];
    for (let index = 0; index < ROUNDS; index += 1) {
      const inTurn = [
        async () => void bare.push(await bareRound()),
        async () => void ours.push(await oursRound(house)),
      ];
      for (const one of index % 2 === 0 ? inTurn : inTurn.reverse()) await one();
      console.log(`round ${index + 1}: ours ${lineOf(ours.at(-1))}; bare ${lineOf(bare.at(-1))}`);
    }
    const ratio = (of: (round: Round) => number) => ours.map((round, index) => of(round) / of(bare[index] ?? round));
    const p95 = ratio((round) => round.p95Ms);
    const cpu = ratio((round) => round.cpuPercent);
    const delivered = Math.min(...ours.map((round) => round.delivered));
    const results = {
      watchers: WATCHERS,
      updatesPerSecond: UPDATES_PER_SECOND,
      delivered,
      p95Ratio: summary(p95),
      cpuRatio: summary(cpu),
      p99Ms: summary(ours.map((round) => round.p99Ms)),
      ours,
      bare,
    };
    console.log(`kept in ${keepResults("fanout", results)}`);
    const { p95Ratio, cpuRatio, p99Ms } = results;
    return {
      line: `fanout: delivered=${delivered} p95_ratio=${short(p95Ratio.median)} cpu_ratio=${short(cpuRatio.median)} p99_ms=${short(p99Ms.median)}`,
      limits: [
        { name: "delivered", value: delivered, least: 1 },
        { name: "p95_ratio", value: p95Ratio.median, most: 1.5 },
        { name: "cpu_ratio", value: cpuRatio.median, most: 1.5 },
      ],
    };
  } finally {
    await house?.close();
    await database.close();
  }
}

const lineOf = (round: Round | undefined): string =>
  round === undefined
    ? "-"
    : `p50 ${short(round.p50Ms)} p95 ${short(round.p95Ms)} p99 ${short(round.p99Ms)} ms, ${short(round.cpuPercent)} % of a core, delivered ${short(round.delivered)}`;

/** Our server with a run, its host, and somebody who may watch. */
interface House {
  readonly server: ServerProcess;
  readonly agent: FakeAgent;
  readonly runId: RunId;
  readonly tasks: readonly TaskId[];
  readonly cookie: string;
  close(): Promise<void>;
}

async function openHouse(database: BenchDatabase): Promise<House> {
  const house = await openBenchHouse(database);
  const { server, pool, cookie } = house;
  const host = await enrolHost(pool);
  const { runId } = await makeRun(pool, {
    hostId: host.hostId,
    fingerprint: host.fingerprint,
    runbookText: compileSample().text,
  });
  const tasks = await makeTasks(pool, runId, host.hostId);
  const agent = await connectAgent(server.agentUrl, host);
  return {
    ...{ server, agent, runId, tasks, cookie },
    async close() {
      agent.cut();
      await house.close();
    },
  };
}

async function makeTasks(pool: pg.Pool, runId: RunId, hostId: HostId): Promise<TaskId[]> {
  const tasks = Array.from({ length: TASKS }, (_, index) => taskIdOf(runId, StepId.parse(`copy-${index + 1}`), 1));
  for (const taskId of tasks) {
    const order = { taskId, action: "files.copy", arguments: {}, inspectFirst: false, withinMs: 3_600_000 };
    await pool.query(
      `insert into task (task_id, run_id, step_id, host_id, "order", settled_at) values ($1, $2, 'copy', $3, $4, now())`,
      [taskId, runId, hostId, order],
    );
  }
  return tasks;
}

async function oursRound(house: House | undefined): Promise<Round> {
  if (!house) throw new Error("no server");
  const { server, agent, runId, tasks, cookie } = house;
  const wish = { url: server.url, watchers: WATCHERS, cookie, room: `run:${runId}` };
  return measured(server.pid, wish, async () => {
    for (let count = 0; count < UPDATES; count += 1) {
      const due = sleep(1000 / UPDATES_PER_SECOND);
      const taskId = tasks[count % TASKS];
      if (taskId) agent.send({ type: "progress", taskId, at: Instant.parse(Date.now()), progress: progressOf(count) });
      await due;
    }
  });
}

async function bareRound(): Promise<Round> {
  const server = startProgram("bareSocketServer");
  try {
    const { port } = await hear<{ port: number }>(server, "port");
    return await measured(server.pid ?? 0, { url: `http://127.0.0.1:${port}`, watchers: WATCHERS }, async () => {
      server.send({ updates: UPDATES, everyMs: 1000 / UPDATES_PER_SECOND });
      await hear(server, "done");
    });
  } finally {
    await endProgram(server);
  }
}

/** Lets the watchers in, sends, and asks them what they got. */
async function measured(serverPid: number, wish: object, send: () => Promise<void>): Promise<Round> {
  const watchers = startProgram("watchers");
  try {
    watchers.send(wish);
    await hear(watchers, "ready");
    await sleep(1_000); // presence is told, and both sides come to rest
    const cpuBefore = cpuMs(serverPid);
    const since = performance.now();
    await send();
    const cpuPercent = ((cpuMs(serverPid) - cpuBefore) / (performance.now() - since)) * 100;
    await sleep(1_000);
    watchers.send({ report: true });
    const { latenciesMs, perWatcher } = await hear<{ latenciesMs: number[]; perWatcher: number[] }>(
      watchers,
      "perWatcher",
    );
    if (Math.max(...perWatcher) > UPDATES) throw new Error("a watcher heard an update twice");
    return {
      p50Ms: percentile(latenciesMs, 0.5),
      p95Ms: percentile(latenciesMs, 0.95),
      p99Ms: percentile(latenciesMs, 0.99),
      cpuPercent,
      delivered: Math.floor((latenciesMs.length / (UPDATES * WATCHERS)) * 10_000) / 10_000,
    };
  } finally {
    await endProgram(watchers);
  }
}
