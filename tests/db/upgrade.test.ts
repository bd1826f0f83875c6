import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { SealingKey } from "../../server/cli/backup/backupKey.ts";
import { upgrade } from "../../server/cli/backup/upgrade.ts";
import { applyMigrations } from "../../server/db/applyMigrations.ts";
import { openDatabase } from "../../server/db/client.ts";
import { readMigrations } from "../../server/db/migrationFiles.ts";
import { openState } from "../../server/stateFiles.ts";
import { asOwner, traceOf, useBackups } from "../support/backups.ts";
import { withDatabase } from "../support/embeddedServer.ts";
import { makeSampleRun } from "../support/runRows.ts";

const backups = useBackups();
const { at } = backups;
const urls = { appUrl: "", ownerUrl: "" };
let key: SealingKey;

const go = (name: string, isForced = false) =>
  upgrade({ file: at(name), key, isForced, state: undefined, environment: backups.environmentOf(urls, "state") });

const asAdmin = async (text: string) => {
  const admin = new pg.Client({ connectionString: inject("databaseAdminUrl") });
  await admin.connect();
  await admin.query(text);
  await admin.end();
};

// A house of the first version, with a run whose window is open.
beforeAll(async () => {
  openState(at("state"));
  key = { kind: "recipients", recipients: [await identityToRecipient(await generateIdentity())] };
  const name = `upgrade_${process.pid}`;
  await asAdmin(`create database ${name} owner slackwater_owner`);
  urls.appUrl = withDatabase(inject("databaseAppUrl"), name);
  urls.ownerUrl = withDatabase(inject("databaseOwnerUrl"), name);
  const [first] = readMigrations();
  mkdirSync(at("migrations"));
  const shipped = join(import.meta.dirname, "..", "..", "prisma", "migrations", first!.name);
  cpSync(shipped, at(`migrations/${first!.name}`), { recursive: true });
  await applyMigrations(urls.ownerUrl, { folder: at("migrations"), appRole: "slackwater_app" });
  const db = openDatabase(urls.appUrl, { poolSize: 1 });
  await makeSampleRun(db.pool);
  await db.close();
});
afterAll(() => asAdmin(`drop database if exists upgrade_${process.pid} with (force)`));

test("nothing is upgraded under a server that runs, or in an open window that nobody forced", async () => {
  const before = await traceOf(urls);
  const server = new pg.Client({ connectionString: urls.appUrl, application_name: "slackwater engine" });
  await server.connect();
  try {
    await expect(go("early.age")).rejects.toThrow(/in use \(slackwater engine\)/);
  } finally {
    await server.end();
  }
  const refused = await go("early.age");
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(refused.lines.join("\n")).toMatch(/A window is open[\s\S]*Window: preparing/);
  expect(existsSync(at("early.age"))).toBe(false);
  expect(await traceOf(urls)).toEqual(before);
});

test("a backup that can't be written keeps the schema as it is", async () => {
  const before = await traceOf(urls);
  await expect(go("no-such-folder/x.age", true)).rejects.toThrow(/ENOENT/);
  expect(await traceOf(urls)).toEqual(before);
});

test("it takes a backup, migrates, verifies every chain, and says the way back", async () => {
  await asOwner(urls, `update "window" set starts_at = now() + interval '2 days', ends_at = now() + interval '3 days'`);
  const { exitCode, lines } = await go("before.age");
  const said = lines.join("\n");
  expect(exitCode).toBe(0);
  expect(said).toContain("read again whole");
  expect(said).toMatch(/Migrated: .*_ssh_keys.*_site_names/);
  expect(said).toContain("1 runs with 1 events: every chain verifies.");
  expect(said).toContain(`slackwater restore ${at("before.age")} --replace`);
  expect(await applyMigrations(urls.ownerUrl, { appRole: "slackwater_app" })).toEqual([]);
  expect((await go("again.age")).lines.join("\n")).toContain("The schema is this version's already.");
});
