import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "../../server/db/client.ts";
import { makeToken } from "../../server/identity/tokens.ts";
import { createMetrics } from "../../server/metrics.ts";
import { createReadiness } from "../../server/readiness.ts";
import { asker } from "../support/apiHouse.ts";
import { useTestDatabase } from "../support/database.ts";
import { enrolHost } from "../support/fakeAgent.ts";
import { addPerson } from "../support/house.ts";
import { makeRun } from "../support/runRows.ts";
import type { ServerProcess } from "../support/serverProcess.ts";
import { startServerProcess } from "../support/serverProcess.ts";

const database = useTestDatabase();
const folder = mkdtempSync(join(tmpdir(), "slackwater-probes-"));
const started: { server?: ServerProcess } = {};
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

const start = (settings: Readonly<Record<string, string>> = {}) =>
  startServerProcess({
    PORT: "0",
    LOG_FORMAT: "json",
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    STATE_DIRECTORY: folder,
    ...settings,
  });
beforeAll(async () => {
  started.server = await start();
});
afterAll(async () => {
  expect(await started.server?.stop()).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

const server = (): ServerProcess => {
  if (!started.server) throw new Error("the server is there only inside tests");
  return started.server;
};
const ask = (path: string, headers: Readonly<Record<string, string>> = {}, method = "GET") =>
  asker(server().url, headers)(method, path);

async function readToken(): Promise<string> {
  const { pool, prisma } = database.db;
  const userId = `vera-${Math.random()}`;
  await addPerson(pool, userId, "viewer");
  const person = { userId, name: "vera", email: "", role: "viewer", groups: [] } as const;
  const made = await makeToken(prisma, person, { name: "Prometheus", scope: "read", days: 1 }, Date.now());
  if (typeof made === "string") throw new Error(made);
  return made.token;
}

test("a process says that it is alive, and that it is ready only while its database answers with just this version's schema", async () => {
  expect([(await ask("/healthz")).text, (await ask("/healthz")).status]).toEqual(['{"status":"alive"}', 200]);
  const ready = async () => {
    const { status, text } = await ask("/readyz");
    return [status, JSON.parse(text)] as const;
  };
  expect(await ready()).toEqual([200, { ready: true, because: [] }]);
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query(`select migration_name as name from "_prisma_migrations" order by 1 desc limit 1`);
  const { name } = rows[0];
  await owner.query(
    `update "_prisma_migrations" set migration_name = '20991231000000_later' where migration_name = $1`,
    [name],
  );
  await expect.poll(ready, { timeout: 5_000 }).toEqual([
    503,
    {
      ready: false,
      because: [
        expect.stringContaining(`lacks the migration ${name}`),
        expect.stringContaining("Start the newer version."),
      ],
    },
  ]);
  await owner.query(
    `update "_prisma_migrations" set migration_name = $1 where migration_name = '20991231000000_later'`,
    [name],
  );
  await owner.end();
  await expect.poll(ready, { timeout: 5_000 }).toEqual([200, { ready: true, because: [] }]);
  for (const path of ["/healthz", "/readyz", "/metrics"]) {
    expect([path, (await ask(path, {}, "POST")).status]).toEqual([path, 405]);
  }
});

test("metrics are for those who have a token, name nobody, and are what Prometheus' own linter takes", async () => {
  await makeRun(database.db.pool);
  await enrolHost(database.db.pool, "pdx-db-1");
  for (const [headers, said] of [
    [{}, "a token of the scope read"],
    [{ authorization: "Bearer nonsense" }, "This token is not known here."],
    [{ "x-forwarded-for": "127.0.0.1" }, "a token of the scope read"],
  ] as const) {
    const refused = await ask("/metrics", headers);
    expect([refused.status, refused.text]).toEqual([401, expect.stringContaining(said)]);
  }
  const { status, text, headers } = await ask("/metrics", { authorization: `Bearer ${await readToken()}` });
  expect([status, headers.get("content-type")]).toEqual([200, expect.stringMatching(/^text\/plain; version=0\.0\.4/)]);
  expect(text).toContain("slackwater_database_up 1\n");
  expect(text).toContain('slackwater_runs{stage="preparing"} 1\n');
  expect(text).toMatch(/^slackwater_http_requests_total\{method="GET",status="401"\} \d+$/m);
  expect(text).toContain('slackwater_hosts{state="connected"} 0\nslackwater_hosts{state="away"} 1\n');
  expect(text).not.toMatch(/vera|pdx|host-|Sample/);
});

test("promtool finds nothing to say about the metrics", async ({ skip }) => {
  if (spawnSync("promtool", ["--version"]).error) return skip("promtool is not there (Debian: prometheus)");
  const { text } = await ask("/metrics", { authorization: `Bearer ${await readToken()}` });
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: "" });
  const wrong = spawnSync("promtool", ["check", "metrics"], {
    input: "# TYPE a_total gauge\na_total 1\n",
    encoding: "utf8",
  });
  expect(wrong.status).not.toBe(0);
});

test("a caller's trace goes on in the answer and in the log line of what failed; what is no trace begins a new one", async () => {
  const traced = await ask("/healthz", { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` });
  expect(traced.headers.get("traceparent")).toMatch(new RegExp(`^00-${TRACE}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
  const anew = await ask("/healthz", { traceparent: "of mine" });
  expect(anew.headers.get("traceparent")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query(`update "_prisma_migrations" set rolled_back_at = now() where migration_name like '%_site_names'`);
  const notReady = () => ask("/readyz?secret=of-a-script", { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` });
  await expect.poll(async () => (await notReady()).status, { timeout: 5_000 }).toBe(503);
  await owner.query(`update "_prisma_migrations" set rolled_back_at = null`);
  await owner.end();
  await expect
    .poll(() => server().said.filter((line) => line.includes("/readyz answered 503")))
    .toContainEqual(expect.stringContaining(`"trace":"${TRACE}"`));
  expect(server().said.join("\n")).not.toContain("of-a-script");
});

test("while the database is away the process is alive and not ready, and what can't be counted is left out instead of zero", async () => {
  const away = openDatabase("postgresql://slackwater:a-password@127.0.0.1:1/nowhere", { poolSize: 1 });
  const ready = await createReadiness(away.pool)();
  expect(ready).toEqual({ ready: false, because: ["The database does not answer."] });
  const { text } = await createMetrics(away.pool).render();
  expect(text).toContain("slackwater_database_up 0\n");
  expect(text).not.toMatch(/^slackwater_(runs|hosts|inputs_waiting|tasks_open)\b/m);
  expect(text).toMatch(/^process_cpu_seconds_total/m);
  await away.close();
});

describe("a setting says who may read the metrics", () => {
  test("this machine without a token", async () => {
    const open = await start({ METRICS: "loopback" });
    const { status, text } = await asker(open.url, {})("GET", "/metrics");
    expect([status, text]).toEqual([200, expect.stringContaining("slackwater_database_up 1")]);
    expect(await open.stop()).toBe(0);
  });

  test("nobody", async () => {
    const closed = await start({ METRICS: "off" });
    expect((await asker(closed.url, {})("GET", "/metrics")).status).toBe(404);
    expect(await closed.stop()).toBe(0);
  });
});
