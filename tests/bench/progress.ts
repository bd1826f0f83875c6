import { fork } from "node:child_process";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeEnrolment } from "../../agent/enrol/enrolment.ts";
import { machineId } from "../../agent/enrol/machineId.ts";
import { createIdentity } from "../../agent/identity.ts";
import type { HostId, RunId } from "../../domain/ids.ts";
import { HostId as HostIdSchema, StepId, taskIdOf } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import { makeRun } from "../support/runRows.ts";
import { compileSample } from "../support/sampleRun.ts";
import { openBenchDatabase } from "./benchDatabase.ts";
import type { BenchHouse } from "./benchHouse.ts";
import { openBenchHouse } from "./benchHouse.ts";
import type { Outcome } from "./figures.ts";
import { keepResults, percentile, short, summary } from "./figures.ts";
import { endProgram, hear, startProgram } from "./processes.ts";
import { LINES } from "./programs/benchRegistry.ts";

/**
 * From rsync's line on the host to the browser's socket. Ours: the program's stdout into the task's runner, parsed there, over the
 * spool to the agent, over its websocket to the server, checked, and out to a signed-in browser. The baseline: the same program's
 * stdout as a bare pipe into a bare websocket. Every part is a process of its own, as on real hosts.
 */
const ROUNDS = 7;

interface Round {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly lines: number;
}

export async function progress(): Promise<Outcome> {
  const database = await openBenchDatabase();
  let house: BenchHouse | undefined;
  let agent: ReturnType<typeof startProgram> | undefined;
  try {
    house = await openBenchHouse(database);
    const host = await enrol(house, database.folder);
    agent = host.agent;
    const ours: Round[] = [];
    const bare: Round[] = [];
    // Server and agent of a window have run for days. This one round, in which theirs is still read for the first time, isn't counted.
    console.log(`before: ours ${lineOf(await oursRound(house, host.hostId, host.runId, 1))}`);
    for (let index = 0; index < ROUNDS; index += 1) {
      const open = house;
      const inTurn = [
        async () => void bare.push(await bareRound()),
        async () => void ours.push(await oursRound(open, host.hostId, host.runId, index + 2)),
      ];
      for (const one of index % 2 === 0 ? inTurn : inTurn.reverse()) await one();
      console.log(`round ${index + 1}: ours ${lineOf(ours.at(-1))}; bare ${lineOf(bare.at(-1))}`);
    }
    const ratios = ours.map((round, index) => round.p95Ms / (bare[index]?.p95Ms ?? Number.NaN));
    const results = {
      p95Ratio: summary(ratios),
      p95Ms: summary(ours.map((round) => round.p95Ms)),
      ours,
      bare,
    };
    console.log(`kept in ${keepResults("progress", results)}`);
    const { p95Ratio, p95Ms } = results;
    return {
      line: `progress: p95_ratio=${short(p95Ratio.median)} p95_ms=${short(p95Ms.median)}`,
      limits: [{ name: "p95_ratio", value: p95Ratio.median, most: 3 }],
    };
  } finally {
    if (agent) await endProgram(agent);
    await house?.close();
    await database.close();
  }
}

const lineOf = (round: Round | undefined): string =>
  round === undefined ? "-" : `p50 ${short(round.p50Ms)} p95 ${short(round.p95Ms)} ms (${round.lines} lines)`;

/** Makes the agent's state as enrolment would, and starts it. */
async function enrol(house: BenchHouse, folder: string) {
  const stateDir = join(folder, "agent");
  mkdirSync(stateDir, { mode: 0o700 });
  const identity = createIdentity(stateDir);
  const hostId = HostIdSchema.parse(crypto.randomUUID());
  const pem = readFileSync(join(house.state, "server-key.pem"), "utf8");
  const { x = "" } = createPublicKey(createPrivateKey(pem)).export({ format: "jwk" });
  const serverKey = Buffer.from(x, "base64url").toString("base64");
  writeEnrolment(stateDir, {
    version: 1,
    server: house.server.url,
    hostId,
    serverKey,
    enrolledAt: Instant.parse(Date.now()),
  });
  const configFile = join(stateDir, "agent.yaml");
  writeFileSync(configFile, `actions: [host.facts]\nrunKeys: { directory: ${join(stateDir, "keys")} }\n`, {
    mode: 0o600,
  });
  await house.pool.query(
    `insert into host (id, name, public_key, fingerprint, machine_id, agent_version, enrolled_by)
     values ($1, 'bench', $2, $3, $4, '0', 'bench')`,
    [hostId, identity.publicKey, identity.fingerprint, machineId(stateDir)],
  );
  const { runId } = await makeRun(house.pool, {
    hostId,
    fingerprint: identity.fingerprint,
    runbookText: compileSample().text,
    parameters: { from: "/srv/old", to: "/srv/new/data" },
  });
  const agent = fork(join(import.meta.dirname, "programs", "benchAgent.ts"), [stateDir, configFile], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await hear(agent, "running");
  return { hostId, runId, agent };
}

async function oursRound(house: BenchHouse, hostId: HostId, runId: RunId, attempt: number): Promise<Round> {
  const browser = startProgram("oneBrowser");
  try {
    browser.send({ url: house.server.url, cookie: house.cookie, room: `run:${runId}` });
    await hear(browser, "ready");
    const taskId = taskIdOf(runId, StepId.parse("measure-host"), attempt);
    const order = { taskId, action: "host.facts", arguments: {}, inspectFirst: false, withinMs: 60_000 };
    await house.pool.query(
      `insert into task (task_id, run_id, step_id, host_id, "order") values ($1, $2, 'measure-host', $3, $4)`,
      [taskId, runId, hostId, order],
    );
    await untilEnded(house, taskId);
    return await reportOf(browser);
  } finally {
    await endProgram(browser);
  }
}

/** Asks seldom: asking all the time takes from the two cores what is measured, and the bare round, which is told, goes without. */
async function untilEnded({ pool }: BenchHouse, taskId: string): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  for (;;) {
    const { rows } = await pool.query("select 1 from task where task_id = $1 and ended_at is not null", [taskId]);
    if (rows.length === 1) return;
    if (performance.now() > giveUpAt) throw new Error(`waited 60 s in vain for the end of ${taskId}`);
    await sleep(1_000);
  }
}

async function bareRound(): Promise<Round> {
  const pipe = startProgram("barePipe");
  const browser = startProgram("oneBrowser");
  try {
    const { port } = await hear<{ port: number }>(pipe, "port");
    browser.send({ url: `ws://127.0.0.1:${port}` });
    await hear(pipe, "ended");
    return await reportOf(browser);
  } finally {
    await endProgram(browser);
    await endProgram(pipe);
  }
}

async function reportOf(browser: ReturnType<typeof startProgram>): Promise<Round> {
  await sleep(300);
  browser.send({ report: true });
  const { latenciesMs } = await hear<{ latenciesMs: number[] }>(browser, "latenciesMs");
  if (latenciesMs.length < LINES * 0.9) throw new Error(`only ${latenciesMs.length} of ${LINES} lines arrived`);
  return { p50Ms: percentile(latenciesMs, 0.5), p95Ms: percentile(latenciesMs, 0.95), lines: latenciesMs.length };
}
