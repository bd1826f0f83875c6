import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createBench, makeRoom } from "./support/bench.ts";
import type { TestCluster } from "./support/cluster.ts";
import { makeCluster } from "./support/cluster.ts";

const hasPostgres = existsSync("/usr/lib/postgresql/15/bin/initdb");
if (!hasPostgres) console.warn("SKIPPED, backup.restore: Debian's postgresql-15 is not installed");

const TABLES = "operations; users";
const iterations = 1000;
const WORDS = "eight words that nobody keeps for a test of restores";

describe.skipIf(!hasPostgres)("a backup of a real cluster that goes into service", () => {
  const room = makeRoom();
  const { run, fails, inspect, undo } = createBench({ backup: WORDS });
  const clients: pg.Client[] = [];
  let made: TestCluster;
  let backup: { readonly path: string; readonly rows: Readonly<Record<string, number>> };
  const args = (more: object = {}) => ({
    ...{ cluster: made.target, path: backup.path, keepAs: "before_restore", tables: TABLES, iterations },
    ...{ expected: backup.rows, ...more },
  });

  /** As the service itself asks: by its own account, over TCP. */
  async function asService(): Promise<pg.Client> {
    const { port, user, database, passwordPath } = made.cluster;
    const password = readFileSync(passwordPath, "utf8").trim();
    const client = new pg.Client({ host: "127.0.0.1", port, user, database, password, application_name: "service" });
    client.on("error", () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  }
  async function ask(sql: string): Promise<unknown> {
    const { socketDirectory, port, superuser } = made.cluster;
    const client = new pg.Client({ host: socketDirectory, port, user: superuser, database: "postgres" });
    await client.connect();
    try {
      return (await client.query({ text: sql, rowMode: "array" })).rows[0]?.[0];
    } finally {
      await client.end();
    }
  }
  const countOf = async (table: string) => {
    const client = await asService();
    const { rows } = await client.query(`select count(*)::int as n from ${table}`);
    await client.end();
    return rows[0].n;
  };
  const databases = () =>
    ask("select string_agg(datname, ' ' order by datname) from pg_database where datname ~ 'restore'");

  beforeAll(async () => {
    made = await makeCluster(room);
    await made.start();
    const { database, user } = made.cluster;
    await ask(`alter database "${database}" connection limit 37`);
    await ask(`alter database "${database}" set search_path to public, "a b"`);
    await ask(`alter role "${user}" in database "${database}" set statement_timeout to '61s'`);
    await ask(`revoke connect on database "${database}" from public`);
    await ask(`grant connect on database "${database}" to "${user}"`);
    const directory = join(room, "backups");
    const created = await run("backup.create", {
      ...{ cluster: made.target, directory, label: "daily", tables: TABLES, minBytes: 1000, iterations },
      seal: "gpg",
    });
    backup = { path: join(directory, readdirSync(directory)[0] ?? ""), rows: created.rows ?? {} };
    const client = await asService();
    await client.query("delete from operations where ctid in (select ctid from operations limit 10)");
    await client.end();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.end().catch(() => undefined);
  });
  afterAll(async () => {
    await made?.stop().catch(() => undefined);
    rmSync(room, { recursive: true, force: true });
  });

  test("is sealed so that gpg alone opens it, and one letter that was changed is found at its end", async () => {
    expect(backup.path).toMatch(/\.sql\.gz\.gpg$/);
    const verify = { path: backup.path, minBytes: 1000, iterations };
    expect(await run("backup.verify", verify)).toMatchObject({ is_complete: true });
    expect((await createBench({ backup: "other words than those" }).fails("backup.verify", verify)).code).toBe(
      "backupUnreadable",
    );
    const options = [
      "--batch",
      "--homedir",
      room,
      "--no-autostart",
      "--pinentry-mode",
      "loopback",
      "--passphrase-fd",
      "0",
    ];
    const opened = spawnSync("gpg", [...options, "--decrypt", backup.path], { input: WORDS, maxBuffer: 2 ** 28 });
    expect(gunzipSync(opened.stdout).toString()).toContain("PostgreSQL database dump complete");
    const bytes = readFileSync(backup.path);
    const at = bytes.length - 400;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const changed = `${backup.path.slice(0, -".sql.gz.gpg".length)}-changed.sql.gz.gpg`;
    writeFileSync(changed, bytes);
    expect((await fails("backup.verify", { ...verify, path: changed })).code).toBe("backupUnreadable");
    rmSync(changed);
  });

  test("is refused while anybody is in the database, and where its rows are others; nothing of it is left", async () => {
    const staying = await asService();
    expect((await fails("backup.restore", args())).code).toBe("writersStillActive");
    // Whoever is in goes on, and others come in.
    expect((await staying.query("select 1")).rowCount).toBe(1);
    await staying.end();
    expect(await countOf("operations")).toBe(Number(backup.rows.operations) - 10);
    const wrong = await fails("backup.restore", args({ expected: { ...backup.rows, users: 1 } }));
    expect([wrong.code, wrong.message]).toEqual(["expectationFailed", expect.stringContaining("and 1 are expected")]);
    expect(await databases()).toBeNull();
    expect(undo.every(({ kind }) => kind === "databaseRestored")).toBe(true);
  });

  test("has the rows of the backup, the rights and the settings of the one before, which is kept closed, and goes back again", async () => {
    expect((await inspect("backup.restore", args())).state).toBe("notBegun");
    // The traffic is stopped, and the database is closed by that: a restore must not open it.
    const open = (isOpen: boolean) => ask(`alter database "${made.cluster.database}" allow_connections ${isOpen}`);
    await open(false);
    const result = await run("backup.restore", args());
    await expect(asService()).rejects.toThrow("not currently accepting connections");
    await open(true);
    expect(result).toMatchObject({ kept_as: "before_restore", rows: backup.rows });
    expect(await countOf("operations")).toBe(backup.rows.operations);
    expect(await databases()).toBe("before_restore");
    const live = `where datname = '${made.cluster.database}'`;
    expect(await ask(`select datconnlimit from pg_database ${live}`)).toBe(37);
    expect(await ask(`select datallowconn from pg_database where datname = 'before_restore'`)).toBe(false);
    const client = await asService();
    expect((await client.query("show search_path")).rows).toEqual([{ search_path: 'public, "a b"' }]);
    expect((await client.query("show statement_timeout")).rows).toEqual([{ statement_timeout: "61s" }]);
    await client.query("insert into users select * from users limit 0");
    await client.end();
    const rights = (name: string) =>
      ask(
        `select string_agg(a::text, ' ' order by a::text) from pg_database, unnest(datacl) a where datname = '${name}'`,
      );
    expect(await rights(made.cluster.database)).toBe(await rights("before_restore"));
    expect(await inspect("backup.restore", args())).toMatchObject({ state: "done", result: { rows: backup.rows } });
    expect((await fails("backup.restore", args())).code).toBe("volumeExists");

    const back = { cluster: made.target, keptAs: "before_restore", restoredAs: "once_restored" };
    expect(await run("backup.putBack", back)).toEqual({ restored_as: "once_restored" });
    expect(await countOf("operations")).toBe(Number(backup.rows.operations) - 10);
    expect(await databases()).toBe("once_restored");
    expect(await inspect("backup.putBack", back)).toMatchObject({ state: "done" });
    expect((await fails("backup.putBack", back)).code).toBe("objectMissing");
  });
});
