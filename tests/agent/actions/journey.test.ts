import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createBench, makeRoom } from "./support/bench.ts";

const PASSWORD = 'p"a&s=s w\\ord';
const room = makeRoom();
const notes = new Map<string, string>();
const asked: string[] = [];
let url = "";

/** A service with a log-in by form and cookie, a token, and notes. */
async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  asked.push(`${request.method} ${request.url}`);
  const end = (status: number, answer: unknown, headers: Record<string, string | string[]> = {}) =>
    void response.writeHead(status, headers).end(typeof answer === "string" ? answer : JSON.stringify(answer));
  const isIn = request.headers.cookie === "session=abc" && request.headers.authorization === "Bearer t-1";
  if (request.url === "/log-in") {
    if (new URLSearchParams(body).get("password") !== PASSWORD) return end(401, "who?");
    // The second one is gone at once, as a browser has it.
    return end(302, "", { location: "/home", "set-cookie": ["session=abc; HttpOnly", "old=1; Max-Age=0"] });
  }
  if (request.url === "/token")
    return request.headers.cookie === "session=abc" ? end(200, { tokens: ["t-1"] }) : end(401, "");
  if (!isIn) return end(401, "");
  if (request.method === "POST") {
    notes.set("1", String(JSON.parse(body).text));
    return end(201, { id: 1 });
  }
  if (request.method === "DELETE") return end(notes.delete("1") ? 204 : 404, "");
  if (request.url === "/slow") return void setTimeout(() => end(200, ""), 2_000);
  return end(200, { text: notes.get(String(request.url).slice("/notes/".length)) ?? "" });
}
const web = createServer((request, response) => void serve(request, response));

beforeAll(async () => {
  web.listen(0, "127.0.0.1");
  await once(web, "listening");
  url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  writeFileSync(join(room, "password"), `${PASSWORD}\n`);
});
beforeEach(() => {
  asked.length = 0;
  notes.clear();
});
afterAll(() => {
  web.closeAllConnections();
  web.close();
  rmSync(room, { recursive: true, force: true });
});

const authorization = "Bearer ${token}";
const LOG_IN = [
  ...[
    {
      name: "log in",
      method: "POST",
      path: "/log-in",
      body: "user=smoke&password=${secret}",
      bodyType: "form",
      expectStatus: 302,
    },
  ],
  { name: "token", path: "/token", capture: { token: "/tokens/0" } },
];
const WRITE = {
  name: "write",
  method: "POST",
  path: "/notes",
  headers: { authorization },
  body: '{"text": "seen by ${token}"}',
};

test("a user's way through a service: log in, write, read what was written, remove it", async () => {
  const bench = createBench();
  const result = await bench.run("http.journey", {
    url,
    secretFile: join(room, "password"),
    requests: [
      ...LOG_IN,
      { ...WRITE, expectStatus: 201, capture: { id: "/id" } },
      { name: "read", path: "/notes/${id}", headers: { authorization }, contains: "seen by t-1" },
      { name: "remove", method: "DELETE", path: "/notes/${id}", headers: { authorization }, expectStatus: 204 },
    ],
  });
  expect(result).toMatchObject({ ok: true, requests_count: 5, failed_name: "", detail: "" });
  expect(result.duration_ms).toBeGreaterThanOrEqual(Number(result.slowest_ms));
  expect(asked).toEqual(["POST /log-in", "GET /token", "POST /notes", "GET /notes/1", "DELETE /notes/1"]);
  expect(notes.size).toBe(0);
  expect(bench.progress.at(-1)).toMatchObject({ unit: "steps", total: 5, item: "remove" });
  expect(bench.log.join("")).not.toContain(PASSWORD);
});

test("the first answer that is not as expected ends it and is named, and nothing is sent after it", async () => {
  const go = (more: object, requests: object[]) =>
    createBench({ smoke: PASSWORD }).run("http.journey", { url, secret: "smoke", requests, ...more });
  expect(await go({}, [...LOG_IN, { ...WRITE }, { name: "never", path: "/notes/1" }])).toMatchObject({
    ok: false,
    requests_count: 3,
    failed_name: "write",
    detail: "201, not 200",
  });
  const take = { ...WRITE, expectStatus: 201, capture: { id: "/number" } };
  expect(await go({}, [...LOG_IN, take])).toMatchObject({ ok: false, detail: "nothing at /number to take as id" });
  const slow = { name: "slow", path: "/slow", headers: { authorization } };
  expect(await go({ timeoutMs: 300 }, [...LOG_IN, slow])).toMatchObject({ ok: false, failed_name: "slow" });
  expect(await go({ secret: "", secretFile: "" }, [{ name: "bare", path: "/notes/1" }])).toMatchObject({
    ok: false,
    detail: "401, not 200",
  });
  expect(await go({ url: "http://127.0.0.1:1" }, [{ name: "gone", path: "/" }])).toMatchObject({
    ok: false,
    failed_name: "gone",
  });
});

test("a secret that is asked for and not there is a failure before anything is sent", async () => {
  expect(await createBench().fails("http.journey", { url, secret: "smoke", requests: LOG_IN })).toMatchObject({
    code: "secretMissing",
  });
  await expect(createBench().run("http.journey", { url, requests: LOG_IN })).rejects.toThrow("name it, or its file");
  expect(asked).toEqual([]);
});
