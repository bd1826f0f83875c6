import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { describeNightly } from "../../support/nightly.ts";
import { createBench, makeRoom } from "../actions/support/bench.ts";
import type { TestCluster } from "../actions/support/cluster.ts";
import { makeCluster } from "../actions/support/cluster.ts";
import type { Ended, Env } from "../byHand/support/runBash.ts";
import { runAlone } from "../byHand/support/runBash.ts";
import { SHIPPED, scriptNamed, writeScripts } from "./support/writeScripts.ts";

const canRun = existsSync("/usr/lib/postgresql/15/bin/initdb") && process.getuid?.() === 0;
if (!canRun)
  console.warn("SKIPPED, written scripts on a real cluster: not root, or Debian's postgresql-15 is not installed");

const WORDS = "eight words that nobody keeps for a test of backups";
const ITERATIONS = 10_000;

describeNightly(
  "the scripts of the shipped runbook, run by hand on a real cluster",
  onCluster,
  canRun ? undefined : "not root, or Debian's postgresql-15 is not installed",
);

function onCluster(): void {
  const room = makeRoom();
  const out = join(room, "scripts");
  const backups = join(room, "backups");
  const copyAt = join(room, "mnt");
  const switchFile = join(room, "maintenance.on");
  const passphrase = join(room, "passphrase");
  let made: TestCluster;
  let params: Record<string, string | number>;
  let facts: Record<string, string>;
  let runbook: string;
  const health = createServer((_, response) => void response.end("all is ok"));

  beforeAll(async () => {
    made = await makeCluster(room);
    await made.start();
    health.listen(0, "127.0.0.1");
    await once(health, "listening");
    mkdirSync(copyAt);
    writeFileSync(passphrase, `${WORDS}\n`, { mode: 0o600 });
    const { cluster } = made;
    params = {
      ...{ bin_dir: cluster.binDirectory, data_dir: cluster.dataDirectory, config_file: cluster.configFile },
      ...{ log_file: cluster.logPath, socket_dir: cluster.socketDirectory, os_user: cluster.owner.name },
      ...{ port: cluster.port, database: cluster.database, db_user: cluster.superuser },
      ...{ backup_dir: backups, backup_min: 1000, backup_iterations: ITERATIONS, mount_point: copyAt },
      ...{ switch_file: switchFile, quiet: "1s", grace: "1s", sync_token_file: cluster.passwordPath },
      health_url: `http://127.0.0.1:${(health.address() as AddressInfo).port}/`,
    };
    facts = { "db.directory": cluster.dataDirectory, "db.owner": `${cluster.owner.uid}:${cluster.owner.gid}` };
    // Each task alone: those of a named script that need dm-crypt are for a guest.
    runbook = join(room, "alone.yaml");
    writeFileSync(runbook, readFileSync(SHIPPED, "utf8").replace(/^scripts:\n(?: .*\n)+/m, ""));
    expect(await writeScripts({ file: runbook, out, params, facts })).toMatchObject({ code: 0, err: "" });
  });
  afterAll(async () => {
    health.close();
    await made?.stop().catch(() => undefined);
    rmSync(room, { recursive: true, force: true });
  });

  const run = (id: string, env: Env = {}, folder = out): Promise<Ended> =>
    runAlone([scriptNamed(folder, id), "--yes"], { SLACKWATER_SECRET_BACKUP_FILE: passphrase, ...env });
  /** A script that must do it. */
  async function done(id: string, env: Env = {}, folder = out): Promise<string> {
    const { code, out: said, err } = await run(id, env, folder);
    if (code !== 0) throw new Error(`${id} ended with ${code}:\n${said}\n${err}`);
    return said;
  }
  /** What a script says that must refuse. */
  async function refused(id: string, env: Env = {}): Promise<string> {
    const { code, out: said, err } = await run(id, env);
    if (code === 0) throw new Error(`${id} went well:\n${said}`);
    return err;
  }

  async function session(): Promise<pg.Client> {
    const { port, user, database, passwordPath } = made.cluster;
    const password = readFileSync(passwordPath, "utf8").trim();
    const client = new pg.Client({ host: "127.0.0.1", port, user, database, password, application_name: "service" });
    client.on("error", () => undefined);
    await client.connect();
    onTestFinished(() => client.end().catch(() => undefined));
    return client;
  }
  const bench = () => createBench({ backup: WORDS });
  const count = () => bench().run("postgres.count", { cluster: made.target, tables: COUNTS });

  test("measure what there is, and ask the service and the database", async () => {
    const facts = await done("measure-database");
    expect(facts).toContain(`data_directory|${made.cluster.dataDirectory}`);
    expect(facts).toMatch(/system_identifier\|\d{15,}/);
    expect(await done("measure-host")).toMatch(/cores\|\d+/);
    expect(await done("space-for-volume")).toMatch(/\d+ +\d+/);
    expect(await done("check-health")).toMatch(/The median of 20: 0\.\d+ s/);
    expect(await done("ask-one")).toContain("The first value: 1");
  });

  test("a password reaches the database by a file in memory, and stands in no argument", async () => {
    const over = join(room, "over-tcp");
    const withPassword = { ...params, socket_dir: "", password_file: made.cluster.superuserPasswordPath };
    expect(await writeScripts({ file: runbook, out: over, params: withPassword, facts })).toMatchObject({ code: 0 });
    expect(await done("ask-one", {}, over)).toContain("The first value: 1");
    expect(await done("backup-now", {}, over)).toContain(".sql.gz.enc");
    rmSync(backups, { recursive: true });
    const text = readFileSync(scriptNamed(over, "backup-now"), "utf8");
    expect(text).toContain(`PGPASSFILE=$(pgpass ${made.cluster.superuserPasswordPath})`);
    expect(text).not.toContain(readFileSync(made.cluster.superuserPasswordPath, "utf8").trim());
  });

  test("a backup by hand is sealed as the agent's, holds the rows that it says, and can be opened with openssl alone", async () => {
    const said = await done("backup-now");
    const [name = ""] = readdirSync(backups);
    expect(name).toMatch(/^day-before-supersync-\d{8}T\d{6}Z\.sql\.gz\.enc$/);
    const { rows } = (await count()) as unknown as { rows: Record<string, number> };
    expect(said).toContain(`operations|${rows.operations}`);
    const path = join(backups, name);
    expect(readFileSync(path).includes("PostgreSQL database dump")).toBe(false);
    const opened = await runAlone([
      "bash",
      "-c",
      `openssl enc -d -aes-256-cbc -pbkdf2 -iter ${ITERATIONS} -md sha256 -pass file:"$1" -in "$2" | gunzip | tail -n 5`,
      ...["", passphrase, path],
    ]);
    expect(opened.out).toContain("-- PostgreSQL database dump complete");
    expect(await bench().run("backup.verify", { path, minBytes: 1000, iterations: ITERATIONS })).toMatchObject({
      is_complete: true,
    });

    const where = { SLACKWATER_FACT_PREPARED_BACKUP_PATH: path };
    expect(await done("read-backup-now", where)).toContain(`It is whole: ${path}`);
    const wrong = join(room, "wrong");
    writeFileSync(wrong, "other words");
    expect(await refused("read-backup-now", { ...where, SLACKWATER_SECRET_BACKUP_FILE: wrong })).toMatch(
      /bad decrypt|not in gzip format/,
    );

    const again = join(room, "again");
    const known = { ...facts, "prepared.backup_path": path, "prepared.backup_rows": JSON.stringify(rows) };
    expect(await writeScripts({ file: runbook, out: again, params, facts: known })).toMatchObject({ code: 0 });
    expect(await done("restore-test", {}, again)).toContain("users|");
    const left = { cluster: made.target, sql: "select count(*) from pg_database where datname like 'slackwater_%'" };
    expect(await bench().run("postgres.query", { ...left, expect: "0" })).toMatchObject({ ok: true });
  });

  test("the writers are stopped and let back as the agent does it, with the limit that was there", async () => {
    const { cluster } = made;
    await asSuperuser(cluster, "alter database supersync connection limit 40");
    const staying = await session();
    expect(await refused("prove-quiet")).toContain("These sessions are foreign.");
    expect(await done("stop-writers")).toContain("The connection limit was 40");
    await expect(staying.query("select 1")).rejects.toThrow();
    await expect(session()).rejects.toThrow(/too many connections/);
    expect(existsSync(switchFile)).toBe(true);
    await done("prove-quiet");
    // Closed by hand, opened by the agent, and the other way round.
    await bench().run("traffic.start", { cluster: made.target, switchFile });
    expect(await limitOf(cluster)).toBe("40");
    await bench().run("traffic.stop", { cluster: made.target, switchFile, graceMs: 100 });
    await done("users-back");
    expect(await limitOf(cluster)).toBe("40");
    expect(existsSync(switchFile)).toBe(false);
    await session();
  });

  test("rows are counted to the digest that the agent has", async () => {
    const { rows, digest } = (await count()) as unknown as { rows: Record<string, number>; digest: string };
    const said = await done("count-before");
    expect(said).toContain(`digest|${digest}`);
    for (const [label, number] of Object.entries(rows)) expect(said).toContain(`${label}|${number}\n`);
  });

  test("the database is stopped, copied, compared, moved over and moved back", { timeout: 300_000 }, async () => {
    const copy = join(copyAt, "data");
    const before = (await count()).digest;
    const configuration = readFileSync(made.cluster.configFile, "utf8");
    expect(await refused("prove-at-rest")).toContain("was not shut down cleanly");
    expect(await refused("copy")).toContain("was not shut down cleanly");
    await done("stop-postgres");
    await done("stop-postgres");
    const held = openSync(join(made.cluster.dataDirectory, "PG_VERSION"), "r");
    const reader = spawn("sleep", ["600"], { stdio: [held, "ignore", "ignore"] });
    closeSync(held);
    await once(reader, "spawn");
    expect(await refused("prove-at-rest")).toContain(`${made.cluster.dataDirectory}/PG_VERSION open`);
    reader.kill("SIGKILL");
    await once(reader, "exit");
    expect(await done("prove-at-rest")).toContain("shut down");

    await done("copy");
    expect(await done("verify")).toMatch(/\d{3,} files are the same, by xxh128sum/);
    expect(await bench().run("files.verify", { from: made.cluster.dataDirectory, to: copy })).toMatchObject({
      ...{ differing_count: 0, missing_count: 0, extra_count: 0, wrong_owner_count: 0 },
    });
    const file = join(copy, "PG_VERSION");
    const good = readFileSync(file);
    writeFileSync(file, Buffer.from([(good[0] ?? 0) ^ 1, ...good.subarray(1)]));
    expect(await refused("verify")).toMatch(/PG_VERSION[\s\S]*The copy is not its source/);
    // Same size and perhaps the same time: only its contents tell, and the copy is made again by them.
    await done("copy");
    await done("verify");

    await done("point-at");
    expect(readFileSync(made.cluster.configFile, "utf8")).toContain(`\ndata_directory = '${copy}'\n`);
    await done("point-at");
    expect(await refused("start-old")).toContain(`does not name ${made.cluster.dataDirectory}`);
    expect(await done("start-new")).toContain(`It answers, and uses ${copy}`);
    await done("start-new");
    expect((await count()).digest).toBe(before);
    expect(await done("count-after")).toContain(`digest|${before}`);

    await done("stop-new");
    await done("point-back");
    expect(readFileSync(made.cluster.configFile, "utf8")).toBe(configuration);
    await done("point-back");
    expect(await done("start-old")).toContain(`It answers, and uses ${made.cluster.dataDirectory}`);
    expect(await done("count-old")).toContain(`digest|${before}`);
  });

  test("errors in PostgreSQL's log are counted from a moment on, by the agent's words", async () => {
    const since = new Date().toISOString();
    const client = await session();
    await client.query("select 1/0").catch(() => undefined);
    const later = join(room, "later");
    expect(
      await writeScripts({ file: runbook, out: later, params, facts: { ...facts, "new.started_at": since } }),
    ).toMatchObject({ code: 0 });
    expect(await done("scan-postgres", {}, later)).toMatch(/errors\|1\ncritical\|0\n.*division by zero/);
    writeFileSync(
      made.cluster.logPath,
      `${new Date().toISOString().replace("T", " ").slice(0, 19)} UTC [1] PANIC:  x\n`,
      {
        flag: "a",
      },
    );
    const { code, err } = await run("scan-postgres", {}, later);
    expect([code, err]).toEqual([1, expect.stringContaining("Something critical stands there.")]);
  });
}

const COUNTS = "operations; users; snapshots: user_sync_state where snapshot_data is not null";

async function asSuperuser({ socketDirectory, port, superuser }: TestCluster["cluster"], sql: string): Promise<string> {
  const client = new pg.Client({ host: socketDirectory, port, user: superuser, database: "postgres" });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql).finally(() => client.end());
  return String(Object.values(rows[0] ?? {})[0] ?? "");
}

const limitOf = (cluster: TestCluster["cluster"]) =>
  asSuperuser(cluster, "select datconnlimit from pg_database where datname = 'supersync'");
