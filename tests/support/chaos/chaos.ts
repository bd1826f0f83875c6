import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TaskId } from "../../../domain/ids.ts";
import { StepId } from "../../../domain/ids.ts";
import type { LoggedEvent } from "../../../domain/run/events.ts";
import type { SoftwarePasskey } from "../../../scripts/demo/softwarePasskey.ts";
import type { Database } from "../../../server/db/client.ts";
import { openDatabase } from "../../../server/db/client.ts";
import type { EmbeddedPostgres } from "../../../server/db/embeddedPostgres.ts";
import { startEmbeddedPostgres } from "../../../server/db/embeddedPostgres.ts";
import { driveRun } from "../drivenRun.ts";
import type { FakeHost } from "../fakeAgent.ts";
import { enrolHost } from "../fakeAgent.ts";
import { addPerson } from "../house.ts";
import { makeSampleRun } from "../runRows.ts";
import { SAMPLE } from "../sampleRun.ts";
import { waitUntil } from "../waitUntil.ts";
import type { PlayingHost } from "./playingHost.ts";
import { playHost } from "./playingHost.ts";
import type { Servers, Takeover } from "./servers.ts";
import { startServers } from "./servers.ts";

/** How much goes on, and for how long. */
export interface ChaosPlan {
  readonly servers: number;
  readonly runs: number;
  /** Tasks of each run, one after another, some beside each other. */
  readonly tasks: number;
  /** A server is killed so often, for so long (ms). */
  readonly killEveryMs: number;
  readonly forMs: number;
  readonly leaseMs: number;
}

/** A run that went through it: its log as it is on record, and what its host did. */
export interface ChaosRun {
  readonly log: readonly LoggedEvent[];
  readonly outcome: string | undefined;
  readonly effects: ReadonlyMap<TaskId, number>;
}

/** What became of it. */
export interface ChaosResult {
  readonly runs: readonly ChaosRun[];
  readonly kills: number;
  readonly takeovers: readonly Takeover[];
}

/** Longest that the runs may take after the last kill (ms). */
const ENDS_WITHIN_MS = 120_000;

/** A runbook of so many tasks: two of each three beside each other. */
function runbookOf(tasks: number): object {
  const [prepare] = SAMPLE.phases[0].steps;
  const step = (name: string) => ({ ...prepare, id: name, title: name, lasts: "1s", undo: "nothing" });
  const rounds = Array.from({ length: Math.ceil(tasks / 3) }, (_, round) => [
    step(`alone-${round}`),
    {
      id: `both-${round}`,
      title: "Both",
      parallel: ["left", "right"].map((side) => ({ title: side, steps: [step(`${side}-${round}`)] })),
    },
  ]);
  const phases = [{ id: "work", title: "Work", steps: rounds.flat() }];
  return { ...SAMPLE, phases, triggers: [], probes: {}, rollback: { steps: [] } };
}

/**
 * Several servers on a PostgreSQL of its own, hosts that only play, runs that go on; servers are killed one after another, and the database
 * once, in the middle.
 */
export async function playChaos(plan: ChaosPlan): Promise<ChaosResult> {
  const folder = mkdtempSync(join(tmpdir(), "slackwater-chaosdb-"));
  chmodSync(folder, 0o755); // as root, PostgreSQL runs under another account
  const postgres = await startEmbeddedPostgres({ directory: join(folder, "postgres"), log: () => {} });
  // It is killed on the way: whoever asks meanwhile asks again.
  const database = openDatabase(postgres.appUrl, { poolSize: 8, applicationName: "chaos" });
  let servers: Servers | undefined;
  const hosts: PlayingHost[] = [];
  try {
    servers = await startServers(plan.servers, { leaseMs: plan.leaseMs, ...postgres }, database.pool);
    const { addresses } = servers;
    const anna = await addPerson(database.pool, "anna", "approver");
    const started = [];
    for (let index = 0; index < plan.runs; index += 1) {
      const host = await enrolHost(database.pool, `host-${index}`);
      const playing = playHost(host, addresses);
      hosts.push(playing);
      started.push({ playing, drive: await startedRun(database, host, anna, plan.tasks) });
    }
    const { kills, takeovers } = await killAllTheWhile(plan, servers, postgres);
    const runs: ChaosRun[] = [];
    for (const { drive, playing } of started) {
      const state = await drive.reaches(({ stage }) => stage === "ended", ENDS_WITHIN_MS);
      runs.push({ log: await drive.log(), outcome: state.outcome, effects: playing.effects });
    }
    return { runs, kills, takeovers };
  } finally {
    for (const host of hosts) await host.stop();
    await servers?.stop();
    await database.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startedRun({ pool }: Database, host: FakeHost, anna: SoftwarePasskey, tasks: number) {
  const run = await makeSampleRun(pool, host, runbookOf(tasks));
  const drive = driveRun(pool, run.runId);
  const itemIds = ["measure-host", "measure-size"].map((name) => StepId.parse(name));
  await drive.order({ order: "measure", itemIds });
  await drive.reaches(({ steps }) => itemIds.every((itemId) => steps[itemId]?.stage === "done"), 30_000);
  for (const itemId of ["team-ready", "tell-users"].map((name) => StepId.parse(name))) {
    await drive.order({ order: "confirmItem", itemId, value: true, reason: "All are here." });
  }
  await drive.order({ order: "askApproval" });
  const signed = await drive.statementSignedBy(anna, "anna");
  await drive.order(signed, { userId: "anna", role: "approver", groups: ["approvers"] });
  await drive.reaches(({ stage }) => stage === "ready");
  await drive.order({ order: "start" });
  return drive;
}

async function killAllTheWhile(
  { servers: count, killEveryMs, forMs }: ChaosPlan,
  servers: Servers,
  postgres: EmbeddedPostgres,
): Promise<{ readonly kills: number; readonly takeovers: readonly Takeover[] }> {
  const began = performance.now();
  const takeovers: Takeover[] = [];
  let kills = 0;
  let isDatabaseKilled = false;
  for (let dueMs = killEveryMs; performance.now() - began < forMs; dueMs += killEveryMs) {
    await sleep(Math.max(0, began + dueMs - performance.now()));
    if (!isDatabaseKilled && performance.now() - began > forMs / 2) {
      isDatabaseKilled = true;
      process.kill(postgres.pid, "SIGKILL");
      await waitUntil("the database is there again", () => isAnswering(postgres.appUrl), 30_000);
    }
    takeovers.push(...(await servers.kill(kills % count)));
    kills += 1;
  }
  return { kills, takeovers };
}

async function isAnswering(url: string): Promise<boolean> {
  const database = openDatabase(url, { poolSize: 1 });
  try {
    await database.pool.query("select 1");
    return true;
  } catch {
    return false;
  } finally {
    await database.close();
  }
}
