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
/** Of each round, for each side: both take turns second by second, so that whatever else the machine does hits both. */
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
      const round = await bothInTurns(house, index);
      ours.push(round.ours);
      bare.push(round.bare);
      console.log(`round ${index + 1}: ours ${lineOf(round.ours)}; bare ${lineOf(round.bare)}`);
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

const lineOf = (round: Round): string =>
  `p50 ${short(round.p50Ms)} p95 ${short(round.p95Ms)} p99 ${short(round.p99Ms)} ms, ${short(round.cpuPercent)} % of a core, delivered ${short(round.delivered)}`;

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

/** One side of a round: its thousand watchers are there, and it can be told to send a second's updates. */
interface Side {
  sendSecond(): Promise<void>;
  /** Asks the watchers what they got, and ends what was started. */
  end(): Promise<Round>;
  /** Ends what was started, whatever it was doing. */
  abandon(): Promise<void>;
}

async function bothInTurns(house: House, index: number): Promise<{ ours: Round; bare: Round }> {
  const ours = await oursSide(house);
  const bare = await bareSide();
  try {
    for (let second = 0; second < SECONDS; second += 1) {
      const turns = (index + second) % 2 === 0 ? [ours, bare] : [bare, ours];
      for (const side of turns) await side.sendSecond();
    }
    return { ours: await ours.end(), bare: await bare.end() };
  } finally {
    await ours.abandon();
    await bare.abandon();
  }
}

async function oursSide({ server, agent, runId, tasks, cookie }: House): Promise<Side> {
  let count = 0;
  return openSide({
    serverPid: server.pid,
    wish: { url: server.url, watchers: WATCHERS, cookie, room: `run:${runId}` },
    end: async () => {},
    async send() {
      for (let update = 0; update < UPDATES_PER_SECOND; update += 1) {
        const due = sleep(1000 / UPDATES_PER_SECOND);
        const taskId = tasks[count % TASKS];
        if (taskId)
          agent.send({ type: "progress", taskId, at: Instant.parse(Date.now()), progress: progressOf(count) });
        count += 1;
        await due;
      }
    },
  });
}

async function bareSide(): Promise<Side> {
  const server = startProgram("bareSocketServer");
  const { port } = await hear<{ port: number }>(server, "port");
  return openSide({
    serverPid: server.pid ?? 0,
    wish: { url: `http://127.0.0.1:${port}`, watchers: WATCHERS },
    end: () => endProgram(server),
    async send() {
      const done = hear(server, "done");
      server.send({ updates: UPDATES_PER_SECOND, everyMs: 1000 / UPDATES_PER_SECOND });
      await done;
    },
  });
}

/** What is still on its way when a second is over arrives before the other side's turn. */
const REST_MS = 150;

async function openSide(how: {
  readonly serverPid: number;
  readonly wish: object;
  readonly send: () => Promise<void>;
  readonly end: () => Promise<void>;
}): Promise<Side> {
  const watchers = startProgram("watchers");
  const ready = hear(watchers, "ready");
  watchers.send(how.wish);
  await ready;
  await sleep(1_000); // presence is told, and both sides come to rest
  let usedMs = 0;
  const abandon = async () => {
    await endProgram(watchers);
    await how.end();
  };
  return {
    async sendSecond() {
      const cpuBefore = cpuMs(how.serverPid);
      await how.send();
      await sleep(REST_MS);
      usedMs += cpuMs(how.serverPid) - cpuBefore;
    },
    async end() {
      await sleep(1_000);
      const report = hear<{ latenciesMs: number[]; perWatcher: number[] }>(watchers, "perWatcher");
      watchers.send({ report: true });
      const { latenciesMs, perWatcher } = await report;
      if (Math.max(...perWatcher) > UPDATES) throw new Error("a watcher heard an update twice");
      return {
        p50Ms: percentile(latenciesMs, 0.5),
        p95Ms: percentile(latenciesMs, 0.95),
        p99Ms: percentile(latenciesMs, 0.99),
        // Of the seconds that were sent, not of those that a busy machine made of them: both sides send the same.
        cpuPercent: (usedMs / (SECONDS * 1_000)) * 100,
        delivered: Math.floor((latenciesMs.length / (UPDATES * WATCHERS)) * 10_000) / 10_000,
      };
    },
    abandon,
  };
}
