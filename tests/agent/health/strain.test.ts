import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { watchPostgres } from "../../../agent/health/watchPostgres.ts";
import { useTestDatabase } from "../../support/database.ts";

const database = useTestDatabase();

async function connect(applicationName: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.ownerUrl, application_name: applicationName });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

function watch() {
  const { hostname, port, pathname, username, password } = new URL(database.ownerUrl);
  const folder = mkdtempSync(join(tmpdir(), "slackwater-strain-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, `${decodeURIComponent(password)}\n`, { mode: 0o600 });
  const target = {
    host: hostname,
    port: Number(port),
    database: pathname.slice(1),
    user: decodeURIComponent(username),
  };
  const watching = watchPostgres(target, { host: hostname, port: Number(port), names: ["*"], passwordFile });
  onTestFinished(() => watching.close());
  return watching;
}

test("what weighs on a database: sessions at work and the longest wait for a lock, but not waits for our own backup", async () => {
  const watching = watch();
  expect(await watching.look()).toMatchObject({ state: "up" });
  // The figures are of the whole server, and other tests may be at work on it.
  const isOnlyOurs = async () => ((await watching.strain())?.lockWaitMs ?? 0) < 150;
  expect(await isOnlyOurs()).toBe(true);

  const holder = await connect("someone");
  const waiter = await connect("app");
  await holder.query("create table strained (id int)");
  await holder.query("begin; lock table strained in access exclusive mode");
  const waiting = waiter.query("select * from strained");
  await sleep(400);
  const strain = await watching.strain();
  expect(strain?.activeSessions).toBeGreaterThanOrEqual(1);
  expect(strain?.lockWaitMs).toBeGreaterThan(300);
  expect(strain?.lockWaitMs).toBeLessThan(10_000);
  await holder.query("rollback");
  await waiting;

  const backup = await connect("pg_dump");
  await backup.query("begin; lock table strained in access share mode");
  const altering = waiter.query("alter table strained add column more int");
  await sleep(300);
  expect(await isOnlyOurs()).toBe(true);
  await backup.query("rollback");
  await altering;
  await holder.query("drop table strained");
  await watching.pause();
  expect(await watching.strain()).toBeUndefined();
});
