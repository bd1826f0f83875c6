import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isRunning } from "../../server/db/embedded/process.ts";
import type { EmbeddedPostgres } from "../../server/db/embeddedPostgres.ts";
import { startEmbeddedPostgres } from "../../server/db/embeddedPostgres.ts";
import { startAndStopRepeatedly, startInstance } from "../support/instance.ts";

const isRoot = process.getuid?.() === 0;
const NOBODY = { uid: 65534, gid: 65534 };

let directory: string;
let servers: EmbeddedPostgres[];
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "slackwater-embedded-"));
  chmodSync(directory, 0o755);
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.stop();
  const left = postmasterPid();
  rmSync(directory, { recursive: true, force: true });
  if (left !== undefined && isRunning(left)) {
    process.kill(left, "SIGQUIT");
    throw new Error(`the test left PostgreSQL ${left} running`);
  }
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ directory, log: () => {} });
  servers.push(server);
  return server;
}

function postmasterPid(): number | undefined {
  const file = path.join(directory, "cluster", "data", "postmaster.pid");
  return existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : undefined;
}

async function ask<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function eventually<T>(attempt: () => Promise<T>, withinMs = 15_000): Promise<T> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await sleep(50);
    }
  }
}

describe("a start", () => {
  test("keeps what was committed, from one start to the next", async () => {
    const first = await start();
    expect(first.adopted).toBe(false);
    await ask(first.ownerUrl, "create table kept as select 42 as value");
    expect(await first.stop()).toBe("stopped");
    expect(isRunning(first.pid)).toBe(false);
    const second = await start();
    expect(await ask(second.ownerUrl, "select value from kept")).toEqual([{ value: 42 }]);
  });

  test("listens on loopback only, asks for a password, and leaves its files to nobody else", async () => {
    const { appUrl, adminUrl } = await start();
    expect(await ask(adminUrl, "show listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    const wrong = new URL(appUrl);
    wrong.password = "guess";
    await expect(ask(wrong.href, "select 1")).rejects.toThrow(/password authentication failed/);
    expect(existsSync(path.join(directory, "cluster", "password"))).toBe(false);
  });

  test("gives the app no right to make tables or to become somebody else", async () => {
    const { appUrl } = await start();
    await expect(ask(appUrl, "create table mine (id int)")).rejects.toThrow(/permission denied/);
    await expect(ask(appUrl, "set role slackwater_owner")).rejects.toThrow(/permission denied/);
    await expect(ask(appUrl, "create role more")).rejects.toThrow(/permission denied/);
  });

  test("sweeps away a first start that was killed half-way", async () => {
    const killed = spawn("true");
    await once(killed, "exit");
    const half = path.join(directory, `cluster-unfinished-${killed.pid}`);
    mkdirSync(half);
    await start();
    expect(existsSync(half)).toBe(false);
  });

  test("sweeps away one that was killed under the number that it has itself, as in a container", async () => {
    const unfinished = path.join(directory, `cluster-unfinished-${process.pid}`);
    mkdirSync(path.join(unfinished, "data"), { recursive: true });
    await start();
    expect(existsSync(unfinished)).toBe(false);
  });

  test("lets the app in where an earlier first start ended before it did", async () => {
    const first = await start();
    const bare =
      "create database again owner slackwater_owner; drop database slackwater; alter database again rename to slackwater";
    for (const sql of bare.split("; ")) await ask(first.adminUrl, sql);
    await first.stop();
    const second = await start();
    expect(await ask(second.appUrl, "select 1 as value")).toEqual([{ value: 1 }]);
    const acl = "select datacl::text as acl from pg_database where datname = 'slackwater'";
    const [row] = await ask<{ acl: string }>(second.adminUrl, acl);
    expect(row?.acl).toContain("slackwater_app=");
  });

  test("refuses data that another version of PostgreSQL wrote, and says which", async () => {
    await (await start()).stop();
    writeFileSync(path.join(directory, "cluster", "data", "PG_VERSION"), "17\n");
    await expect(start()).rejects.toMatchObject({
      code: "clusterOtherVersion",
      message: expect.stringContaining("PostgreSQL 17"),
    });
  });
});

describe("after a kill", () => {
  test("a killed app leaves the database running, and the next start adopts it", async () => {
    const killed = await startInstance(directory);
    await ask(killed.ownerUrl, "create table kept as select 1 as value");
    await killed.kill();
    expect(isRunning(killed.pid)).toBe(true);
    const next = await start();
    expect(next.adopted).toBe(true);
    expect(next.pid).toBe(killed.pid);
    expect(await ask(next.ownerUrl, "select value from kept")).toEqual([{ value: 1 }]);
    expect(await next.stop()).toBe("stopped");
  });

  test("a killed database comes back by itself, at the same address, with every committed row", async () => {
    const server = await start();
    await ask(server.ownerUrl, "create table counted (n int primary key)");
    const writer = new pg.Client({ connectionString: server.ownerUrl });
    writer.on("error", () => {});
    await writer.connect();
    let acknowledged = 0;
    const writing = (async () => {
      for (;;) {
        await writer.query("insert into counted values ($1)", [acknowledged + 1]);
        acknowledged += 1;
      }
    })().catch(() => {});
    while (acknowledged < 50) await sleep(5);
    const before = server.pid;
    process.kill(before, "SIGKILL");
    await writing;
    const [row] = await eventually(() => ask<{ n: string }>(server.ownerUrl, "select count(*) as n from counted"));
    // One more than acknowledged may be there: committed, and the answer lost.
    expect([acknowledged, acknowledged + 1]).toContain(Number(row?.n));
    // The new server may answer us before it has answered the one who watches over it.
    await expect.poll(() => server.pid, { timeout: 15_000 }).not.toBe(before);
  });

  test("a stop that comes while the database comes back leaves nothing running", async () => {
    const server = await start();
    process.kill(server.pid, "SIGKILL");
    await sleep(20);
    expect(await server.stop()).toBe("stopped");
    const pid = postmasterPid();
    expect(pid === undefined || !isRunning(pid)).toBe(true);
  });

  test("a database that can't come back at its address says so", async () => {
    let lost = false;
    const server = await startEmbeddedPostgres({ directory, log: () => {}, onLost: () => (lost = true) });
    servers.push(server);
    rmSync(path.join(directory, "cluster", "data", "PG_VERSION"));
    process.kill(server.pid, "SIGKILL");
    await eventually(async () => expect(lost).toBe(true));
  });

  test("app and database killed together leave nothing that stops the next start", async () => {
    const killed = await startInstance(directory);
    await ask(killed.ownerUrl, "create table kept as select 1 as value");
    await killed.kill();
    process.kill(killed.pid, "SIGKILL"); // stays a zombie where nobody reaps it
    const next = await start();
    expect(next.adopted).toBe(false);
    expect(await ask(next.ownerUrl, "select value from kept")).toEqual([{ value: 1 }]);
  });

  test("a pid file that names a zombie does not stop the start", async () => {
    await (await start()).stop();
    // The shell's child ends at once; the program that replaces the shell never asks for its exit status.
    const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    const [text] = await once(parent.stdout, "data");
    const zombie = Number(String(text));
    try {
      await eventually(async () => expect(isRunning(zombie)).toBe(false));
      process.kill(zombie, 0); // yet it answers signals
      writePidFile(zombie);
      expect((await start()).adopted).toBe(false);
    } finally {
      parent.kill("SIGKILL");
      await once(parent, "exit");
    }
  });

  test("a pid file whose number belongs to another program now does not stop the start", async () => {
    await (await start()).stop();
    writePidFile(process.pid);
    expect((await start()).adopted).toBe(false);
  });

  function writePidFile(pid: number): void {
    const data = path.join(directory, "cluster", "data");
    writeFileSync(
      path.join(data, "postmaster.pid"),
      `${pid}\n${data}\n1700000000\n5432\n\n127.0.0.1\n  1 1\nready   \n`,
    );
  }
});

describe("two instances on one folder", () => {
  test("share one server, and only the last to leave ends it", async () => {
    const mine = await start();
    const other = await startInstance(directory);
    expect(other).toMatchObject({ adopted: true, pid: mine.pid });
    expect(await mine.stop()).toBe("left running for others");
    expect(await ask(other.appUrl, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(await other.stop()).toBe("stopped");
    expect(isRunning(mine.pid)).toBe(false);
  });

  test("an instance that was killed counts no more", async () => {
    const mine = await start();
    const other = await startInstance(directory);
    await other.kill();
    expect(await mine.stop()).toBe("stopped");
  });

  test("may both make the first start at the same moment", async () => {
    const both = await Promise.all([startInstance(directory), startInstance(directory), startInstance(directory)]);
    expect(new Set(both.map((one) => one.pid)).size).toBe(1);
    expect(new Set(both.map((one) => one.appUrl)).size).toBe(1);
    const outcomes = [];
    for (const one of both) outcomes.push(await one.stop());
    expect(outcomes).toEqual(["left running for others", "left running for others", "stopped"]);
  });

  test("may come and go at any moment without an error", async () => {
    const codes = await Promise.all([1, 2].map(() => startAndStopRepeatedly(directory, 6)));
    expect(codes).toEqual([0, 0]);
    const pid = postmasterPid();
    expect(pid === undefined || !isRunning(pid)).toBe(true);
  }, 60_000);
});

describe.runIf(isRoot)("as root", () => {
  test("PostgreSQL runs under an account without rights", async () => {
    const server = await start();
    const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1];
    expect(Number(uid)).not.toBe(0);
  });

  test("a folder that PostgreSQL's account can't reach moves to /var/lib, and says so", async () => {
    chmodSync(directory, 0o700);
    const server = await start();
    const note = readFileSync(path.join(directory, "MOVED.txt"), "utf8");
    const moved = /\/var\/lib\/slackwater-[0-9a-f]{12}/.exec(note)?.[0] ?? "";
    try {
      expect(await ask(server.appUrl, "select 1 as one")).toEqual([{ one: 1 }]);
      expect(await server.stop()).toBe("stopped");
      expect(existsSync(path.join(moved, "cluster", "data", "PG_VERSION"))).toBe(true);
      servers = [];
    } finally {
      rmSync(moved, { recursive: true, force: true });
    }
  });

  test("an ordinary user starts one too", async () => {
    chownSync(directory, NOBODY.uid, NOBODY.gid);
    const instance = await startInstance(directory, NOBODY);
    const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${instance.pid}/status`, "utf8"))?.[1];
    expect(Number(uid)).toBe(NOBODY.uid);
    expect(await ask(instance.appUrl, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(await instance.stop()).toBe("stopped");
  });
});
