import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import pg from "pg";
import { beforeAll, expect, inject, test } from "vitest";
import { readArchive } from "../../server/cli/backup/archive.ts";
import { applyMigrations } from "../../server/db/applyMigrations.ts";
import { readMigrations } from "../../server/db/migrationFiles.ts";
import { openState } from "../../server/stateFiles.ts";
import { asOwner, traceOf, useBackups } from "../support/backups.ts";
import { useTestDatabase } from "../support/database.ts";
import { withDatabase } from "../support/embeddedServer.ts";
import { addPerson } from "../support/house.ts";
import { makeSampleRun } from "../support/runRows.ts";

const source = useTestDatabase(2);
const backups = useBackups();
const { at } = backups;

beforeAll(async () => {
  openState(at("state"));
  const { pool } = source.db;
  await addPerson(pool, "anna", "approver");
  await makeSampleRun(pool);
  await pool.query(
    `insert into session (id, token, user_id, expires_at, updated_at) values ('s', 'token-of-annas-session', 'anna', now() + interval '1 day', now())`,
  );
  await pool.query(
    `insert into sealed_secret (run_id, name, host_id, recipient, ciphertext) select id, 'op', gen_random_uuid(), 'age1', 'sealed-words' from run`,
  );
  await pool.query(
    `insert into run_input (run_id, kind, payload, answered_at) select id, 'report', '{"report":"wake"}', now() from run, generate_series(1, 41)`,
  );
  await backups.backup("good.age", source);
});

/** Fails with these words, and leaves database and state folder as they were. */
async function refused(restoring: () => Promise<unknown>, into: Parameters<typeof traceOf>[0], words: RegExp) {
  const before = [await traceOf(into), existsSync(at("restored")) ? readdirSync(at("restored")) : []];
  await expect(restoring()).rejects.toThrow(words);
  expect([await traceOf(into), existsSync(at("restored")) ? readdirSync(at("restored")) : []]).toEqual(before);
}

test("what is restored is every row that was there, but for what signs somebody in or is sealed, and numbers go on behind", async () => {
  const target = await backups.target();
  await backups.restore("good.age", target, {}, "first");
  const read = async (url: string, text: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  for (const table of ['"user"', "passkey", "runbook", '"window"', "service"]) {
    const text = `select * from ${table}`;
    expect(await read(target.appUrl, text)).toEqual(await read(source.appUrl, text));
  }
  for (const table of ["session", "sealed_secret"])
    expect(await read(target.appUrl, `select * from ${table}`)).toEqual([]);
  const next = `insert into run_input (run_id, kind, payload) select id, 'report', '{}' from run returning id::int`;
  expect(await read(target.appUrl, next)).toEqual([{ id: 42 }]);
  // The app's role has its rights again, and can still only add to the log.
  await expect(read(target.appUrl, "update run_event set seq = 2")).rejects.toThrow(/permission denied/);
  await expect(read(target.ownerUrl, "update run_event set seq = 2")).rejects.toThrow(/append-only/);
  const bytes: Buffer[] = [];
  await readArchive(at("good.age"), backups.opening(), async (_name, body) => {
    for await (const piece of body) bytes.push(Buffer.from(piece));
  });
  const text = Buffer.concat(bytes).toString("latin1");
  expect(text).toContain("anna@example.org");
  for (const secret of ["token-of-annas-session", "sealed-words"]) expect(text).not.toContain(secret);
  expect(readFileSync(at("good.age"), "latin1")).not.toContain("anna@example.org");
});

test("a damaged file changes nothing, wherever it is damaged, and neither does one that was cut short", async () => {
  const target = await backups.target();
  const good = readFileSync(at("good.age"));
  for (const place of [0, 30, 200, good.length >> 1, good.length - 1]) {
    const bad = Buffer.from(good);
    bad[place] = (bad[place] ?? 0) ^ 1;
    writeFileSync(at("bad.age"), bad);
    await refused(() => backups.restore("bad.age", target), target, /damaged|not open/);
  }
  for (const length of [0, 100, good.length >> 1, good.length - 20]) {
    writeFileSync(at("short.age"), good.subarray(0, length));
    await refused(() => backups.restore("short.age", target), target, /damaged, cut short/);
  }
  await refused(() => backups.restore("none.age", target), target, /ENOENT/);
});

test("another identity or passphrase opens nothing", async () => {
  const target = await backups.target();
  const other = { kind: "identities", identities: [await generateIdentity()] } as const;
  await refused(() => backups.restore("good.age", target, { key: other }), target, /identity does not open/);
  await backups.backup("words.age", source, "state", { kind: "passphrase", passphrase: "eight words of ours" });
  const wrong = { kind: "passphrase", passphrase: "eight words of theirs" } as const;
  await refused(() => backups.restore("words.age", target, { key: wrong }), target, /passphrase does not open/);
}, 90_000);

test("a database that holds something is left alone; told to replace it, what was there is kept under another name", async () => {
  const target = await backups.target();
  await asOwner(
    target,
    `insert into "user" (id, name, email, updated_at) values ('eve', 'Eve', 'eve@example.org', now())`,
  );
  await refused(() => backups.restore("good.age", target), target, /not empty/);
  const report = await backups.restore("good.age", target, { isReplacing: true }, "replaced");
  const [, schema = ""] = /kept in its schema (before_restore_\w+)/.exec(report.lines.join("\n")) ?? [];
  const client = new pg.Client({ connectionString: target.ownerUrl });
  await client.connect();
  expect((await client.query('select id from "user"')).rows).toEqual([{ id: "anna" }]);
  expect((await client.query(`select id from ${schema}."user"`)).rows).toEqual([{ id: "eve" }]);
  await client.end();
});

test("a database that is in use, or that is somebody else's, is left alone", async () => {
  const target = await backups.target();
  const somebody = new pg.Client({ connectionString: target.appUrl, application_name: "slackwater engine" });
  await somebody.connect();
  try {
    await refused(() => backups.restore("good.age", target), target, /in use \(slackwater engine\)/);
  } finally {
    await somebody.end();
  }
  const foreign = await bareDatabase();
  await asOwner(foreign, "create table invoices (id int)");
  await refused(() => backups.restore("good.age", foreign, { isReplacing: true }), foreign, /not Slackwater's/);
  // The app's role owns nothing there.
  const weak = { appUrl: target.appUrl, ownerUrl: target.appUrl };
  await refused(() => backups.restore("good.age", weak, {}, "restored"), target, /has to own the database/);
});

test("a backup of a newer schema, or of another history, changes nothing and says what to install", async () => {
  const target = await backups.target();
  const add = `insert into "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count)
    values ('x', 'c', '29990101000000_later', now(), 1)`;
  await asOwner(source, add);
  await backups.backup("newer.age", source);
  await asOwner(source, `delete from "_prisma_migrations" where id = 'x'`);
  await refused(() => backups.restore("newer.age", target), target, /newer Slackwater.*29990101000000_later/);
  const [first] = readMigrations();
  const edit = (checksum: string) =>
    asOwner(source, `update "_prisma_migrations" set checksum = '${checksum}' where migration_name = '${first?.name}'`);
  await edit("0".repeat(64));
  await backups.backup("edited.age", source);
  await edit(first?.checksum ?? "");
  await refused(() => backups.restore("edited.age", target), target, /another text than ours/);
});

test("a backup of an older schema is brought up to this one", async () => {
  const [first] = readMigrations();
  mkdirSync(at("migrations"));
  cpSync(join(import.meta.dirname, "..", "..", "prisma", "migrations", first!.name), at(`migrations/${first!.name}`), {
    recursive: true,
  });
  const old = await bareDatabase();
  await applyMigrations(old.ownerUrl, { folder: at("migrations"), appRole: "slackwater_app" });
  await asOwner(
    old,
    `insert into "user" (id, name, email, updated_at) values ('otto', 'Otto', 'otto@example.org', now())`,
  );
  await backups.backup("older.age", old);
  const target = await bareDatabase();
  const { lines } = await backups.restore("older.age", target, {}, "older");
  expect(lines.join("\n")).toMatch(/brought up to this version's schema: .*_ssh_keys/);
  expect(await applyMigrations(target.ownerUrl, { appRole: "slackwater_app" })).toEqual([]);
});

test("a run whose log was changed is found; it comes back only when that is asked for", async () => {
  const changed = await backups.target();
  await backups.restore("good.age", changed, {}, "changed");
  await asOwner(
    changed,
    "alter table run_event disable trigger append_only",
    `update run_event set payload = replace(payload, '"live"', '"rehearsal"') where seq = 1`,
  );
  await backups.backup("changed.age", changed, "state");
  const target = await backups.target();
  await refused(() => backups.restore("changed.age", target), target, /do not verify[\s\S]*damaged at event 1/);
  const { lines } = await backups.restore("changed.age", target, { evenDamaged: true }, "even");
  expect(lines.join("\n")).toMatch(/CHAINS OF 1 RUNS DO NOT VERIFY[\s\S]*can't be read by this version/);
});

test("rows that the database refuses, at the first or in the middle of many, end the restore and change nothing", async () => {
  const odd = await backups.target();
  await backups.restore("good.age", odd, {}, "odd");
  await asOwner(
    odd,
    "alter table host_incident drop constraint host_incident_pkey",
    `insert into host_incident (id, host_id, kind, detail)
     select '00000000-0000-4000-8000-000000000001', gen_random_uuid(), 'twice', repeat('x', 200) from generate_series(1, 20000)`,
  );
  const { lines } = await backups.backup("twice.age", odd, "no-such-state");
  expect(lines.join("\n")).toContain("WITHOUT THE SERVER'S KEYS");
  await asOwner(
    odd,
    "delete from host_incident",
    "alter table passkey drop constraint passkey_user_id_fkey",
    "update passkey set user_id = 'nobody'",
  );
  await backups.backup("orphan.age", odd);
  const target = await backups.target();
  await refused(() => backups.restore("twice.age", target), target, /duplicate key/);
  await refused(() => backups.restore("orphan.age", target), target, /foreign key/);
});

test("a file that is there is never written over, and a backup that fails leaves nothing behind", async () => {
  await expect(backups.backup("good.age", source)).rejects.toThrow(/EEXIST/);
  const nowhere = { appUrl: source.appUrl, ownerUrl: withDatabase(source.ownerUrl, "no_such_database") };
  await expect(backups.backup("never.age", nowhere)).rejects.toThrow(/does not exist/);
  expect(readdirSync(backups.folder).filter((name) => name.startsWith("never"))).toEqual([]);
});

test("the whole way by the command line: an embedded database, a passphrase from a file that only its owner reads", async () => {
  const program = join(import.meta.dirname, "..", "..", "server", "cli", "main.ts");
  const run = (environment: Record<string, string>, ...words: string[]) => {
    const { PATH } = process.env;
    const env: NodeJS.ProcessEnv = { PATH, NODE_ENV: "test", ...environment };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { env, encoding: "utf8" });
    return { status, said: stdout + stderr };
  };
  const secret = backups.secret("passphrase", "eight words of ours\n");
  const of = backups.environmentOf(source, "state");
  chmodSync(secret, 0o644);
  expect(run(of, "backup", at("cli.age"), "--passphrase-file", secret)).toMatchObject({
    status: 1,
    said: expect.stringContaining("can be read by others"),
  });
  chmodSync(secret, 0o600);
  expect(run(of, "backup", at("cli.age"))).toMatchObject({ status: 2, said: expect.stringContaining("--recipient") });
  expect(run(of, "backup", at("cli.age"), "--passphrase-file", secret)).toMatchObject({ status: 0 });
  expect(run({}, "restore", at("cli.age"), "--check", "--passphrase-file", secret)).toMatchObject({
    status: 0,
    said: expect.stringContaining("every sum fits"),
  });
  // Into a folder that is not there yet, with a database of its own, and out of it again.
  chmodSync(backups.folder, 0o755);
  const key = backups.opening();
  const identity = backups.secret("identity", key.kind === "identities" ? `# ours\n${key.identities[0]}\n` : "");
  const restored = run({}, "restore", at("good.age"), "--identity", identity, "--state", at("house"));
  expect(restored).toMatchObject({ status: 0, said: expect.stringContaining("every chain verifies") });
  const recipient = await identityToRecipient(key.kind === "identities" ? (key.identities[0] ?? "") : "");
  expect(run({}, "backup", at("again.age"), "--recipient", recipient, "--state", at("house"))).toMatchObject({
    status: 0,
    said: expect.stringContaining("1 runs (1 not ended)"),
  });
  expect(run({}, "restore", at("again.age"), "--identity", identity, "--state", at("house"))).toMatchObject({
    status: 1,
    said: expect.stringContaining("not empty"),
  });
}, 120_000);

const bare: string[] = [];
/** A database without a single table, of the owner's; dropped with the server of these tests. */
async function bareDatabase() {
  const name = `bare_${bare.push("") - 1}_${process.pid}`;
  const admin = new pg.Client({ connectionString: inject("databaseAdminUrl") });
  await admin.connect();
  await admin.query(`create database ${name} owner slackwater_owner`);
  await admin.end();
  return { appUrl: withDatabase(source.appUrl, name), ownerUrl: withDatabase(source.ownerUrl, name) };
}
