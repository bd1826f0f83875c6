import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { schemaDifference } from "../../scripts/migrate/schemaDifference.ts";
import { applyMigrations } from "../../server/db/applyMigrations.ts";
import { MIGRATIONS_FOLDER, readMigrations } from "../../server/db/migrationFiles.ts";
import { useTestDatabase } from "../support/database.ts";
import { withDatabase } from "../support/embeddedServer.ts";

const SCHEMA_FOLDER = path.join(import.meta.dirname, "..", "..", "prisma", "schema");

/** Two small migrations of our own, so that these tests do not change with the product's schema. */
const FIRST = { name: "20260101000000_first", sql: "create table boat (id int primary key, name text not null);" };
const SECOND = {
  name: "20260201000000_second",
  // A function body has semicolons of its own: the whole text must reach the server in one piece.
  sql: `alter table boat add column length_m int;
create function boat_count() returns bigint language plpgsql as $$ begin perform 1; return (select count(*) from boat); end $$;`,
};

let admin: pg.Client;
let folder: string;
let url: string;
let made = 0;

beforeAll(async () => {
  admin = new pg.Client({ connectionString: inject("databaseAdminUrl") });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
});
beforeEach(async ({ onTestFinished }) => {
  folder = mkdtempSync(path.join(tmpdir(), "slackwater-migrations-"));
  made += 1;
  const name = `empty_${process.pid}_${made}`;
  await admin.query(`create database ${name} owner slackwater_owner`);
  url = withDatabase(inject("databaseOwnerUrl"), name);
  onTestFinished(async () => {
    rmSync(folder, { recursive: true });
    await admin.query(`drop database ${name}`); // not by force: a session left open fails the test
  });
});

function put(migration: { name: string; sql: string }): void {
  mkdirSync(path.join(folder, migration.name), { recursive: true });
  writeFileSync(path.join(folder, migration.name, "migration.sql"), migration.sql);
}

async function ask(sql: string, at = url): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: at });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("at a start", () => {
  test("the migrations are applied in order, once, and recorded as Prisma records them", async () => {
    put(SECOND);
    put(FIRST);
    expect(await applyMigrations(url, { folder })).toEqual([FIRST.name, SECOND.name]);
    expect(await applyMigrations(url, { folder })).toEqual([]);
    expect(await ask("select boat_count() as count")).toEqual([{ count: "0" }]);
    const recorded = await ask(
      `select migration_name, length(checksum) as length, finished_at is not null as finished, applied_steps_count
         from "_prisma_migrations" order by migration_name`,
    );
    expect(recorded).toEqual(
      [FIRST, SECOND].map((one) => ({ migration_name: one.name, length: 64, finished: true, applied_steps_count: 1 })),
    );
  });

  test("two servers that start together apply each migration once", async () => {
    put(FIRST);
    put(SECOND);
    const both = await Promise.all([applyMigrations(url, { folder }), applyMigrations(url, { folder })]);
    expect(both.map((names) => names.length).sort()).toEqual([0, 2]);
  });

  test("a migration that the database refuses leaves nothing of itself, and is named", async () => {
    put(FIRST);
    put({ name: SECOND.name, sql: "create table half (id int); insert into boat values (1, null);" });
    await expect(applyMigrations(url, { folder })).rejects.toMatchObject({
      code: "migrationRefused",
      message: expect.stringContaining(SECOND.name),
    });
    expect(await ask("select to_regclass('half') as half, to_regclass('boat') is not null as boat")).toEqual([
      { half: null, boat: true },
    ]);
    put(SECOND);
    expect(await applyMigrations(url, { folder })).toEqual([SECOND.name]);
  });

  test("the shipped migrations bring an empty database to the schema", async () => {
    const applied = await applyMigrations(url, { appRole: "slackwater_app" });
    expect(applied).toEqual(readMigrations().map((file) => file.name));
    expect(
      await schemaDifference({ schema: SCHEMA_FOLDER, migrations: MIGRATIONS_FOLDER }, inject("databaseAdminUrl")),
    ).toBe(undefined);
  });
});

describe("a start is refused", () => {
  beforeEach(async () => {
    put(FIRST);
    put(SECOND);
    await applyMigrations(url, { folder });
  });

  test("when the database is ahead of this version, naming what it has", async () => {
    rmSync(path.join(folder, SECOND.name), { recursive: true });
    await expect(applyMigrations(url, { folder })).rejects.toMatchObject({
      code: "databaseAhead",
      message: expect.stringContaining(SECOND.name),
    });
  });

  test("when a migration was edited after it was applied", async () => {
    put({ ...FIRST, sql: `${FIRST.sql} -- harmless` });
    await expect(applyMigrations(url, { folder })).rejects.toMatchObject({ code: "migrationEdited" });
  });

  test("when a migration of another tool began and did not end", async () => {
    await ask(`update "_prisma_migrations" set finished_at = null where migration_name = '${SECOND.name}'`);
    await expect(applyMigrations(url, { folder })).rejects.toMatchObject({ code: "migrationUnfinished" });
  });

  test("when a new migration is dated before one that is applied", async () => {
    put({ name: "20260115000000_late", sql: "create table late (id int);" });
    await expect(applyMigrations(url, { folder })).rejects.toMatchObject({ code: "migrationRefused" });
    expect(await ask("select to_regclass('late') as late")).toEqual([{ late: null }]);
  });

  test("when a migration's text is missing", async () => {
    rmSync(path.join(folder, SECOND.name, "migration.sql"));
    await expect(applyMigrations(url, { folder })).rejects.toMatchObject({ code: "migrationsUnreadable" });
  });
});

test("a database that does not answer is said to be unreachable", async () => {
  await expect(applyMigrations("postgresql://nobody@127.0.0.1:1/none")).rejects.toMatchObject({ code: "notReachable" });
});

describe("the event log", () => {
  const database = useTestDatabase(1);
  const insert = `insert into run_event (run_id, seq, at, type, payload, prev_hash, hash)
    select id, 1, 0, 'runCreated', '{}', '', '' from run returning seq`;

  beforeAll(async () => {
    await ask(
      `insert into service (id, slug, name) values (gen_random_uuid(), 's', 'S');
       insert into runbook (digest, slug, title, version, text, executable_digest) values ('d', 'r', 'R', '1', '', 'e');
       insert into "window" (id, service_id, title, type, starts_at, ends_at, zone, runbook_digest, parameters, hosts, requesters, updated_at)
         select gen_random_uuid(), id, 'W', 'routine', now(), now(), 'UTC', 'd', '{}', '[]', '{}', now() from service;
       insert into run (id, window_id, kind, head_hash) select gen_random_uuid(), id, 'live', '' from "window"`,
      database.appUrl,
    );
  });

  test("can be added to and read by the app, and nothing else", async () => {
    expect(await ask(insert, database.appUrl)).toEqual([{ seq: 1 }]);
    for (const sql of ["update run_event set payload = 'x'", "delete from run_event", "truncate run_event"]) {
      await expect(ask(sql, database.appUrl)).rejects.toThrow(/permission denied/);
    }
    await expect(ask("alter table run_event disable trigger all", database.appUrl)).rejects.toThrow(/must be owner/);
    expect(await ask("select payload from run_event", database.appUrl)).toEqual([{ payload: "{}" }]);
  });

  test("refuses changes by the owner of the tables too", async () => {
    for (const sql of ["update run_event set payload = 'x'", "delete from run_event", "truncate run_event"]) {
      await expect(ask(sql, database.ownerUrl)).rejects.toThrow(/append-only/);
    }
  });

  test("the app can't rewrite the record of migrations", async () => {
    await expect(ask(`delete from "_prisma_migrations"`, database.appUrl)).rejects.toThrow(/permission denied/);
  });
});

describe("the comparison of schema and migrations", () => {
  test("finds a field that no migration makes, and says its SQL", async () => {
    const schema = mkdtempSync(path.join(tmpdir(), "slackwater-schema-"));
    try {
      cpSync(SCHEMA_FOLDER, schema, { recursive: true });
      writeFileSync(path.join(schema, "buoy.prisma"), "model Buoy {\n  id Int @id\n}\n");
      const sql = await schemaDifference({ schema, migrations: MIGRATIONS_FOLDER }, inject("databaseAdminUrl"));
      expect(sql).toContain('CREATE TABLE "Buoy"');
    } finally {
      rmSync(schema, { recursive: true });
    }
  });

  test("leaves no database behind on the scratch server", async () => {
    await schemaDifference({ schema: SCHEMA_FOLDER, migrations: MIGRATIONS_FOLDER }, inject("databaseAdminUrl"));
    const { rows } = await admin.query("select datname from pg_database where datname like 'scratch_%'");
    expect(rows).toEqual([]);
  });

  test("the shipped folders hold a lock file for Prisma's own tools", () => {
    expect(readdirSync(MIGRATIONS_FOLDER)).toContain("migration_lock.toml");
  });
});
