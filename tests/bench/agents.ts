import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { BenchDatabase } from "./benchDatabase.ts";
import { openBenchDatabase } from "./benchDatabase.ts";
import type { BenchHouse } from "./benchHouse.ts";
import { openBenchHouse } from "./benchHouse.ts";
import type { Outcome } from "./figures.ts";
import { keepResults, short, summary } from "./figures.ts";
import { cpuMs, endProgram, hear, startProgram } from "./processes.ts";

/**
 * A thousand hosts that say how they are once a second. Ours is the whole server (`server/main.ts --no-web`): each frame is checked,
 * shown and, one in ten, stored. The baseline is a bare socket.io server that receives the same frames and drops them. What is compared
 * is processor time for a hundred thousand frames; server and hosts are processes of their own.
 */
const HOSTS = 1_000;
/** Of each round, for each side: both take turns second by second, so that whatever else the machine does hits both. */
const SECONDS = 10;
const ROUNDS = 5;
const PER_FRAMES = 100_000;
/** What is still on its way when a second is over is counted to it (ms). */
const REST_MS = 200;

export async function agents(): Promise<Outcome> {
  const database = await openBenchDatabase();
  const endings: (() => Promise<unknown>)[] = [() => database.close()];
  try {
    const house = await openBenchHouse(database);
    endings.push(() => house.close());
    const ours = await openOurs(house, database);
    endings.push(ours.end);
    const bare = await openBare();
    endings.push(bare.end);
    await sleep(2_000); // both come to rest
    const rounds: { readonly ours: number; readonly bare: number }[] = [];
    for (let index = 0; index < ROUNDS; index += 1) {
      const round = await roundInTurns(ours, bare, index);
      rounds.push(round);
      console.log(`round ${index + 1}: ours ${short(round.ours)} s, bare ${short(round.bare)} s for 100,000 frames`);
    }
    const storedCount = await storedSamples(house.pool);
    const results = {
      hosts: HOSTS,
      cpuRatio: summary(rounds.map((round) => round.ours / round.bare)),
      cpuSecondsPer100k: summary(rounds.map((round) => round.ours)),
      bareCpuSecondsPer100k: summary(rounds.map((round) => round.bare)),
      storedCount,
      rounds,
    };
    console.log(`kept in ${keepResults("agents", results)}`);
    const { cpuRatio, cpuSecondsPer100k } = results;
    return {
      line: `agents: hosts=${HOSTS} cpu_ratio=${short(cpuRatio.median)} cpu_s_per_100k=${short(cpuSecondsPer100k.median)} stored=${storedCount}`,
      limits: [
        { name: "cpu_ratio", value: cpuRatio.median, most: 3 },
        // A server that had lost its hosts would use no time at all.
        { name: "stored", value: storedCount, least: HOSTS },
      ],
    };
  } finally {
    for (const end of endings.reverse()) await end();
  }
}

/** One side: its thousand hosts are there, and can be told to say a second's frames. */
interface Side {
  /** Answers the processor time that the server took for it, in ms, and how many frames were sent. */
  saySecond(): Promise<{ readonly usedMs: number; readonly frames: number }>;
  end(): Promise<void>;
}

async function openOurs(house: BenchHouse, database: BenchDatabase): Promise<Side> {
  return openSide(house.server.pid, { url: house.server.agentUrl, databaseUrl: database.appUrl });
}

async function openBare(): Promise<Side> {
  const server = startProgram("dropServer");
  const { port } = await hear<{ port: number }>(server, "port");
  const side = await openSide(server.pid ?? 0, { url: `http://127.0.0.1:${port}` });
  let sentCount = 0;
  return {
    async saySecond() {
      const said = await side.saySecond();
      sentCount += said.frames;
      const answer = hear<{ receivedCount: number }>(server, "receivedCount");
      server.send({ count: true });
      const { receivedCount } = await answer;
      if (receivedCount !== sentCount) throw new Error(`${receivedCount} of ${sentCount} frames came`);
      return said;
    },
    async end() {
      await side.end();
      await endProgram(server);
    },
  };
}

async function openSide(serverPid: number, wish: { url: string; databaseUrl?: string }): Promise<Side> {
  const hosts = startProgram("manyHosts");
  const ready = hear(hosts, "ready");
  hosts.send({ ...wish, hosts: HOSTS });
  await ready;
  return {
    async saySecond() {
      const before = cpuMs(serverPid);
      const sent = hear<{ sent: number }>(hosts, "sent");
      hosts.send({ second: true });
      const { sent: frames } = await sent;
      await sleep(REST_MS);
      return { usedMs: cpuMs(serverPid) - before, frames };
    },
    end: () => endProgram(hosts),
  };
}

/** Seconds of processor time for a hundred thousand frames, of both. */
async function roundInTurns(ours: Side, bare: Side, index: number): Promise<{ ours: number; bare: number }> {
  const sums = new Map([ours, bare].map((side) => [side, { usedMs: 0, frames: 0 }]));
  for (let second = 0; second < SECONDS; second += 1) {
    for (const side of (index + second) % 2 === 0 ? [ours, bare] : [bare, ours]) {
      const said = await side.saySecond();
      const sum = sums.get(side);
      if (sum === undefined) continue;
      sum.usedMs += said.usedMs;
      sum.frames += said.frames;
    }
  }
  const per100k = (side: Side) => {
    const { usedMs, frames } = sums.get(side) ?? { usedMs: Number.NaN, frames: 1 };
    return ((usedMs / frames) * PER_FRAMES) / 1_000;
  };
  return { ours: per100k(ours), bare: per100k(bare) };
}

async function storedSamples(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ count: string }>("select count(*) as count from health_sample");
  return Number(rows[0]?.count ?? 0);
}
