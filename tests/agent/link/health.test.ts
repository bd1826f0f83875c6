import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { RunId } from "../../../domain/ids.ts";
import type { HealthTarget, ProbeOrder } from "../../../protocol/agent.ts";
import { useTestDatabase } from "../../support/database.ts";
import { nightlyTest } from "../../support/nightly.ts";
import { startProxy } from "../../support/proxy.ts";
import { DIGEST_OF_NOTHING, decidedWindow } from "./support/decided.ts";
import { connected, orderFor } from "./support/host.ts";
import { host, logs, server, useServerAndHost } from "./support/serverAndHost.ts";

const database = useTestDatabase();
useServerAndHost();

const samples = () => server.frames.flatMap((frame) => (frame.type === "health" ? [frame.sample] : []));
const probed = () => server.frames.flatMap((frame) => (frame.type === "probeSampled" ? [frame] : []));
const runId = RunId.parse(decidedWindow({ fingerprint: DIGEST_OF_NOTHING, parameters: {} }).runId);

function targetOf(url: string): { target: HealthTarget; allowed: object } {
  const { hostname, port, pathname, username, password } = new URL(url);
  const passwordFile = join(host.base, "health.password");
  writeFileSync(passwordFile, `${decodeURIComponent(password)}\n`, { mode: 0o600 });
  const target = {
    host: hostname,
    port: Number(port),
    database: pathname.slice(1),
    user: decodeURIComponent(username),
  };
  return { target, allowed: { host: hostname, port: Number(port), names: ["*"], passwordFile } };
}

function probe(changes: Partial<ProbeOrder> = {}): ProbeOrder {
  const args = { file: join(host.room, "seen") };
  return { probeId: "seen", runId, action: "test.lookAt", arguments: args, everyMs: 250, ...changes };
}

describe("the health of a host", () => {
  test("comes once a second, and its figures are those of this machine", async () => {
    await connected(server, host);
    await server.until("five samples came", () => samples().length >= 5, 10_000);
    const seen = samples();
    const gaps = seen.slice(1).map((sample, i) => sample.at - seen[i]!.at);
    expect(Math.max(...gaps)).toBeLessThan(2500);
    const last = seen.at(-1)!;
    expect(last.memoryTotalBytes).toBeGreaterThan(2 ** 28);
    expect(last.memoryUsedBytes).toBeLessThan(last.memoryTotalBytes);
    expect(last.fileSystems).toMatchObject([{ path: "/", freeBytes: expect.any(Number) }]);
    expect(last.postgres).toBeUndefined();
  });

  test("watches PostgreSQL over one kept connection, which a stop that is refused does not touch", async () => {
    const { target, allowed } = targetOf(database.appUrl);
    host.configure({ databases: [allowed], standing: ["postgres.stop"] });
    await connected(server, host);
    server.send({ type: "probes", probes: [], health: [target] });
    await server.until("it is up", () => samples().at(-1)?.postgres?.state === "up");
    const first = await ourSessions();
    expect(first).toHaveLength(1);
    await sleep(2200);
    expect(await ourSessions()).toEqual(first);

    const cluster = { kind: "docker", container: "not-allowed", database: target.database, user: target.user };
    server.send(orderFor("postgres.stop", { cluster }));
    await server.until("a stop that is refused pauses nothing", () =>
      server.frames.some(({ type }) => type === "taskRefused"),
    );
    expect(await ourSessions()).toEqual(first);
  });

  nightlyTest(
    "waits for a log-in that hangs, says meanwhile that nothing answers, and tries no second one",
    async () => {
      const { target, allowed } = targetOf(database.appUrl);
      const link = await startProxy({ port: target.port, host: target.host });
      onTestFinished(() => link.close());
      link.stall();
      host.configure({ databases: [{ ...allowed, host: "127.0.0.1", port: link.port }] });
      await connected(server, host);
      server.send({ type: "probes", probes: [], health: [{ ...target, host: "127.0.0.1", port: link.port }] });
      const downs = () => samples().filter(({ postgres }) => postgres?.state === "down").length;
      await server.until("four samples said that it does not answer", () => downs() >= 4);
      expect(link.accepted).toBe(1);
      link.heal();
      await server.until("it is up", () => samples().at(-1)?.postgres?.state === "up");
      expect(link.accepted).toBe(1);
    },
  );

  test("says paused while it is stopped on purpose, and up again when it was started", async () => {
    const { target, allowed } = targetOf(database.appUrl);
    host.configure({ databases: [allowed], containers: ["pg"], standing: ["postgres.stop"] });
    const agent = await connected(server, host);
    server.send({ type: "probes", probes: [probe()], health: [target] });
    await server.until("it is up", () => samples().at(-1)?.postgres?.state === "up" && probed().length > 0);
    const cluster = { kind: "docker", container: "pg", database: target.database, user: target.user };
    const stop = orderFor("postgres.stop", { cluster });
    server.send(stop);
    await server.until("it is stopped", () => server.reports.has(stop.order.taskId));
    expect(await ourSessions()).toEqual([]);
    await server.until("it says paused", () => samples().at(-1)?.postgres?.state === "paused");
    const whilePaused = probed().length;
    await sleep(1000);
    expect(probed().length).toBe(whilePaused);
    await logs(agent, "closed for a planned stop");

    // A new agent knows that it rests on purpose: neither an alarm nor a session of ours while it does.
    await agent.kill();
    await server.until("the agent is gone", () => !server.isConnected);
    const before = samples().length;
    await host.start();
    await server.until("another is there", () => server.isConnected);
    server.send({ type: "probes", probes: [probe()], health: [target] });
    await server.until("it is watched again", () => samples().length > before + 2);
    expect(
      new Set(
        samples()
          .slice(before)
          .map(({ postgres }) => postgres?.state),
      ),
    ).toEqual(new Set(["paused"]));
    expect(await ourSessions()).toEqual([]);
    const start = orderFor("postgres.start", { cluster });
    server.send(start);
    await server.until("it is up again", () => samples().at(-1)?.postgres?.state === "up");
    await server.until("probes go on", () => probed().length > whilePaused);
  });

  test("says down with the reason, and does not ask where agent.yaml does not let it", async () => {
    host.configure({ databases: [{ port: 1, names: ["app"] }] });
    const agent = await connected(server, host);
    const target = { host: "127.0.0.1", port: 1, database: "app", user: "u" };
    server.send({ type: "probes", probes: [], health: [target] });
    await server.until("it is down", () => samples().at(-1)?.postgres?.state === "down");
    expect(samples().at(-1)?.postgres).toMatchObject({ error: expect.stringContaining("ECONNREFUSED") });
    server.send({ type: "probes", probes: [], health: [{ ...target, host: "192.0.2.1" }] });
    await server.until("nothing is watched", () => samples().at(-1)?.postgres === undefined);
    await logs(agent, "agent.yaml does not allow 192.0.2.1:1");
  });

  async function ourSessions(): Promise<number[]> {
    const { rows } = await database.db.pool.query(
      "select pid from pg_stat_activity where application_name = 'slackwater-agent health' and datname = current_database()",
    );
    return rows.map((row: { pid: number }) => row.pid);
  }
});

describe("probes", () => {
  test("measure at their pace, follow what changes, and end when they are no longer wanted", async () => {
    await connected(server, host);
    server.send({ type: "probes", probes: [probe()], health: [] });
    await server.until("two samples came", () => probed().length >= 2);
    expect(probed()[0]).toMatchObject({ probeId: "seen", runId, ok: false, value: 0, detail: "0 bytes" });
    writeFileSync(join(host.room, "seen"), "four");
    await server.until("it sees the file", () => probed().at(-1)?.ok === true);
    expect(probed().at(-1)).toMatchObject({ value: 4 });
    server.send({ type: "probes", probes: [], health: [] });
    await sleep(400);
    const count = probed().length;
    await sleep(800);
    expect(probed().length).toBe(count);
  });

  test("one that is slower than its pace is not asked twice at once", async () => {
    await connected(server, host);
    const slow = probe({ arguments: { file: join(host.room, "seen"), slowMs: 1000 }, everyMs: 200 });
    server.send({ type: "probes", probes: [slow], health: [] });
    await sleep(3500);
    expect(probed().length).toBeGreaterThanOrEqual(2);
    expect(probed().length).toBeLessThanOrEqual(3);
  });

  test("one that is not allowed, or changes something, says so as a failed sample", async () => {
    await connected(server, host);
    const outside = probe({ probeId: "outside", arguments: { file: "/etc/shadow" } });
    const changing = probe({
      probeId: "changing",
      action: "files.copy",
      arguments: { from: host.room, to: host.room },
    });
    server.send({ type: "probes", probes: [outside, changing], health: [] });
    await server.until("both were tried", () => new Set(probed().map(({ probeId }) => probeId)).size === 2);
    const details = new Map(probed().map((sample) => [sample.probeId, sample.detail]));
    expect(details.get("outside")).toContain("roots.read");
    expect(details.get("changing")).toContain("no probe");
  });
});
