import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { cpus } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createBench, makeRoom } from "./support/bench.ts";

const room = makeRoom();
const { run } = createBench();
let url = "";
const seen: (string | undefined)[] = [];
const web = createServer((request, response) => {
  seen.push(request.headers.authorization);
  if (request.url === "/slow") return void setTimeout(() => response.end("late"), 2_000);
  if (request.url === "/moved") return void response.writeHead(302, { location: "/health" }).end();
  response.writeHead(request.url === "/ill" ? 503 : 200).end('{"status":"ok"}');
});
beforeAll(async () => {
  web.listen(0, "127.0.0.1");
  await once(web, "listening");
  url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
});
afterAll(() => {
  web.closeAllConnections();
  web.close();
  rmSync(room, { recursive: true, force: true });
});

test("http.check takes the median of its samples, and its warm-ups don't count", async () => {
  seen.length = 0;
  const result = await run("http.check", { url: `${url}/health`, samples: 5, warmUps: 2, contains: "ok" });
  expect(result).toMatchObject({ ok: true, status: 200, samples_count: 5, failed_count: 0 });
  expect(result.latency_ms).toBeGreaterThan(0);
  expect(Number(result.latency_p95_ms)).toBeGreaterThanOrEqual(Number(result.latency_ms));
  expect(seen).toHaveLength(7);
});

test("http.check calls a wrong status, another text, a redirect, a late answer and none a bad answer, never a failure", async () => {
  expect(await run("http.check", { url: `${url}/ill` })).toMatchObject({ ok: false, status: 503 });
  expect(await run("http.check", { url: `${url}/ill`, expectStatus: 503 })).toMatchObject({ ok: true });
  expect(await run("http.check", { url, contains: "nothing" })).toMatchObject({
    ok: false,
    status: 200,
    detail: expect.stringContaining("nothing"),
  });
  expect(await run("http.check", { url: `${url}/moved` })).toMatchObject({ ok: false, status: 302 });
  expect(await run("http.check", { url: `${url}/slow`, timeoutMs: 200 })).toMatchObject({ ok: false, status: 0 });
  expect(await run("http.check", { url: "http://127.0.0.1:1/" })).toMatchObject({
    ok: false,
    status: 0,
    failed_count: 1,
  });
});

test("http.check sends the token of its file or its sealed secret, and never shows it", async () => {
  writeFileSync(join(room, "token"), "a-token-of-the-file\n");
  await run("http.check", { url, bearerFile: join(room, "token") });
  expect(seen.at(-1)).toBe("Bearer a-token-of-the-file");
  const { run: withSecret, log } = createBench({ api: "a-token-that-was-sealed" });
  const result = await withSecret("http.check", { url, bearerSecret: "api" });
  expect(seen.at(-1)).toBe("Bearer a-token-that-was-sealed");
  expect(JSON.stringify([result, log])).not.toContain("sealed");
});

test("host.facts, host.disk and host.cipherBenchmark measure this machine", async () => {
  expect(await run("host.facts", {})).toMatchObject({ cores: cpus().length, kernel: expect.stringMatching(/^\d/) });
  const disk = await run("host.disk", { path: join(room, "not/yet/there") });
  expect(disk.total_bytes).toBeGreaterThan(Number(disk.free_bytes));
  expect(disk.source).toBe((await run("host.disk", { path: room })).source);
  expect(await run("host.cipherBenchmark", { encryption: "none" })).toMatchObject({ available: false });
  expect(await run("host.diskErrors", { lookBackMs: 60_000 })).toMatchObject({ readable: expect.any(Boolean) });
});

test("host.prerequisites names each program that is missing, with its package, and nothing that is not needed", async () => {
  const looked = await run("host.prerequisites", {
    kind: "plain",
    encryption: "none",
    binDir: join(room, "no/bin"),
    tools: ["a-tool-that-nobody-has"],
  });
  expect(looked).toMatchObject({ ok: false, modules: {} });
  expect(looked.missing).toEqual(
    expect.arrayContaining([join(room, "no/bin/pg_ctl"), join(room, "no/bin/pg_dump"), "a-tool-that-nobody-has"]),
  );
  expect(looked.packages).toEqual(expect.arrayContaining(["postgresql", "a-tool-that-nobody-has"]));
  expect(Object.keys(looked.tools!)).not.toContain("cryptsetup");
});
