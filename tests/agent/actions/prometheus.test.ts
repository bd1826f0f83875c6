import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../support/serverProcess.ts";
import { waitUntil } from "../../support/waitUntil.ts";
import { createBench, makeRoom } from "./support/bench.ts";

const hasPrometheus = spawnSync("prometheus", ["--version"]).status === 0;
if (!hasPrometheus) console.warn("SKIPPED, prometheus.query: Debian's prometheus is not installed");

const METRICS = `# TYPE queue_depth gauge
queue_depth{queue="a"} 3
queue_depth{queue="b"} 5
# TYPE odd gauge
odd NaN
`;

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What a service shows of itself, and stand-ins for what can stand where a Prometheus was expected. */
const seen: (string | undefined)[] = [];
const web = createServer((request, response) => {
  seen.push(request.headers.authorization);
  const [, place = ""] = (request.url ?? "").split("/");
  if (place === "metrics") return void response.writeHead(200, { "content-type": "text/plain" }).end(METRICS);
  if (place === "silent") return;
  if (place === "closed") return void response.writeHead(401).end("no");
  if (place === "moved") return void response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
  response.end("<html>a dashboard</html>");
});
let target = "";
const { run, fails } = createBench();

beforeAll(async () => {
  target = await listen(web);
});
afterAll(() => {
  web.closeAllConnections();
  web.close();
});

test("what is no Prometheus, wants a token, leads elsewhere, is silent or not there is told with a code", async () => {
  const at = (place: string) =>
    fails("prometheus.query", { url: `http://${target}/${place}`, query: "up", timeoutMs: 300 });
  expect(await at("page")).toMatchObject({ code: "outputUnreadable" });
  expect(await at("closed")).toMatchObject({ code: "notPermitted" });
  expect(await at("moved")).toMatchObject({ code: "outputUnreadable", message: expect.stringContaining("302") });
  expect(await at("silent")).toMatchObject({ code: "timedOut" });
  expect(await fails("prometheus.query", { url: "http://127.0.0.1:1", query: "up" })).toMatchObject({
    code: "programFailed",
    message: expect.stringContaining("can't be reached"),
  });
  const { fails: failsWithToken, log } = createBench({ prom: "a-token-that-was-sealed" });
  const failure = await failsWithToken("prometheus.query", {
    url: `http://${target}/closed`,
    query: "up",
    bearerSecret: "prom",
  });
  expect(seen.at(-1)).toBe("Bearer a-token-that-was-sealed");
  expect(JSON.stringify([failure.toReport(), log])).not.toContain("sealed");
});

describe.skipIf(!hasPrometheus)("a real Prometheus", () => {
  const room = makeRoom();
  let prometheus: ChildProcess;
  let url = "";
  const ask = (query: string, more: object = {}) => run("prometheus.query", { url, query, ...more });

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    const config = join(room, "prometheus.yml");
    const scrape = { job_name: "service", scrape_interval: "1s", static_configs: [{ targets: [target] }] };
    writeFileSync(config, JSON.stringify({ scrape_configs: [scrape] })); // JSON is YAML
    prometheus = spawn(
      "prometheus",
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(room, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--log.level=error",
      ],
      { stdio: "ignore", cwd: room },
    );
    const isScraped = () =>
      ask("queue_depth", { reduce: "count" }).then(
        ({ value }) => Number(value) === 2,
        () => false,
      );
    await waitUntil("Prometheus scrapes", isScraped, 60_000);
  });
  afterAll(async () => {
    if (prometheus?.exitCode === null) {
      prometheus.kill("SIGKILL");
      await once(prometheus, "exit");
    }
    rmSync(room, { recursive: true, force: true });
  });

  test("one series gives its value, with the time at which it was scraped and not the time of the question", async () => {
    const began = Date.now();
    const answer = await ask('queue_depth{queue="a"} # how many wait');
    expect(answer).toMatchObject({ ok: true, outcome: "value", value: 3, series_count: 1, detail: "" });
    expect(Math.abs(Number(answer.sampled_at) - began)).toBeLessThan(20_000);
    expect(Number(answer.age_ms)).toBeLessThan(20_000);
    const ages = new Set<number>();
    for (let i = 0; i < 4; i += 1) ages.add(Number((await ask('queue_depth{queue="a"}')).age_ms));
    expect(Math.max(...ages)).toBeGreaterThan(0);
  });

  test("several series give one value by the named rule, and a scalar gives its own", async () => {
    for (const [reduce, value] of Object.entries({ max: 5, min: 3, sum: 8, count: 2 }))
      expect(await ask("queue_depth", { reduce })).toMatchObject({ ok: true, value, series_count: 2 });
    expect(await ask("6 * 7")).toMatchObject({ ok: true, value: 42, series_count: 0, age_ms: 0 });
    expect(await ask("up == 0", { reduce: "count" })).toMatchObject({ ok: true, value: 0 });
    expect(await fails("prometheus.query", { url, query: "queue_depth" })).toMatchObject({ code: "expectationFailed" });
  });

  test("no series, not a number and a sample that is too old are no data, and never a value", async () => {
    const none = await ask("nothing_of_that_name");
    expect(none).toMatchObject({ ok: false, outcome: "no_data", series_count: 0, detail: "no series" });
    const nan = await ask("odd");
    expect(nan).toMatchObject({ ok: false, outcome: "no_data", series_count: 1, detail: "1 of 1 is NaN" });
    for (const answer of [none, nan]) expect(answer).not.toHaveProperty("value");
    await expect
      .poll(() => ask("queue_depth", { reduce: "max", maxAgeMs: 1 }), { timeout: 10_000 })
      .toMatchObject({ ok: false, outcome: "no_data", detail: expect.stringContaining("old") });
  });

  test("an expression that is wrong, or gives a range, is told as the runbook's mistake", async () => {
    for (const query of ["queue_depth{", "queue_depth[1m]", '"text"'])
      expect(await fails("prometheus.query", { url, query })).toMatchObject({ code: "argumentsInvalid" });
  });
});
