import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { leaveText } from "../../protocol/handshake.ts";
import { openDatabase } from "../../server/db/client.ts";
import { compileStored } from "../../server/db/compileText.ts";
import { unansweredInputs } from "../../server/db/inputs.ts";
import { createLogReader } from "../../server/db/logReader.ts";
import { listenForNotices } from "../../server/db/noticeListener.ts";
import type { Notice } from "../../server/db/notices.ts";
import { createRunReader } from "../../server/db/runReader.ts";
import { storeRunKey } from "../../server/db/tasks.ts";
import { createAuth } from "../../server/identity/auth.ts";
import { addPerson } from "../../server/identity/people.ts";
import { readSettings } from "../../server/identity/settings.ts";
import { serveApiRoutes } from "../support/apiRoutes.ts";
import { useTestDatabase } from "../support/database.ts";
import { enrolHost } from "../support/fakeAgent.ts";
import { SITE } from "../support/house.ts";
import { makeRun, makeSampleRun } from "../support/runRows.ts";
import { compileSample, SAMPLE } from "../support/sampleRun.ts";
import { waitUntil } from "../support/waitUntil.ts";

const database = useTestDatabase(4);
const PASSWORD = "a password of this test";
let server: Server;
let url = "";

/** The web routes' own world, on a database. */
function openWeb({ prisma, pool }: Pick<ReturnType<typeof openDatabase>, "prisma" | "pool">) {
  const settings = readSettings({
    NODE_ENV: "test",
    SLACKWATER_APP_URL: SITE.origin,
    SLACKWATER_DATABASE_URL: database.appUrl,
    SLACKWATER_SESSION_SECRET: "a secret of this test, and of nothing else",
    SLACKWATER_STATE_DIRECTORY: "unused",
    SLACKWATER_SERVER_KEY: "unused",
  });
  const auth = createAuth(prisma, settings);
  const runs = createRunReader(pool, compileStored);
  globalThis.slackwaterHouse = { prisma, pool, settings, auth, runs, logs: createLogReader(pool) };
  return auth;
}

beforeAll(async () => {
  const auth = openWeb(database.db);
  for (const [name, role] of [
    ["olga", "operator"],
    ["vera", "viewer"],
    ["gone", "admin"],
  ] as const) {
    await addPerson(auth, { name, email: `${name}@example.org`, password: PASSWORD, role, groups: [] });
  }
  server = createServer(serveApiRoutes());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  globalThis.slackwaterHouse = undefined;
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

/** Signs in, and asks as that person; a body that is no string is sent as JSON. */
async function as(name: string) {
  const ask = async (cookie: string, method: string, path: string, body?: unknown, headers: HeadersInit = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { "content-type": "application/json", cookie, origin: SITE.origin, ...headers },
      ...(body === undefined ? {} : { body: text }),
    });
    return { status: response.status, headers: response.headers, said: await response.text() };
  };
  const signedIn = await ask("", "POST", "/api/auth/sign-in/email", {
    email: `${name}@example.org`,
    password: PASSWORD,
  });
  if (signedIn.status !== 200) throw new Error(signedIn.said);
  const cookie = signedIn.headers.getSetCookie().map((set) => set.split(";", 1)[0]);
  return (method: string, path: string, body?: unknown, headers?: HeadersInit) =>
    ask(cookie.join("; "), method, path, body, headers);
}

let vera: ReturnType<typeof as> | undefined;
/** A viewer, signed in once: so many sign-ins in a minute are refused. */
const asVera = () => (vera ??= as("vera"));

const hold = { order: { order: "hold", reason: "" }, afterSeq: 0 };

test("what is no order is refused in words, and nothing is written down", async () => {
  const olga = await as("olga");
  const { runId } = await makeRun(database.db.pool);
  const orders = `/api/runs/${runId}/orders`;
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const decide = { order: "decide", gateId: "go", decision: {} };
  const seal = { order: "recordSecret", secret: "operational", place: "A safe", recipient: "age1" };
  for (const [body, status, said] of [
    ["no JSON at all", 422, "no JSON"],
    [[], 422, "not right"],
    [deep, 422, "not right"],
    [{ ...hold, afterSeq: -1 }, 422, "afterSeq"],
    [{ order: { order: "dance" }, afterSeq: 0 }, 422, "order"],
    [{ order: decide, afterSeq: 0 }, 422, "order"],
    [{ order: seal, afterSeq: 0 }, 422, "route of its own"],
  ] as const) {
    const answer = await olga("POST", orders, body);
    expect([body, answer.status, answer.said]).toEqual([body, status, expect.stringContaining(said)]);
    expect(answer.said).not.toMatch(/\.ts|node_modules/);
  }
  for (const nowhere of [randomUUID(), "nonsense", "..%2F..%2Fetc%2Fpasswd"]) {
    expect([nowhere, (await olga("POST", `/api/runs/${nowhere}/orders`, hold)).status]).toEqual([nowhere, 404]);
  }
  const { rows } = await database.db.pool.query("select id from run_input where run_id = $1", [runId]);
  expect(rows).toEqual([]);
});

test("what would be if a step took longer is answered to every reader, and what is no supposition is refused in words", async () => {
  const vera = await as("vera");
  const host = await enrolHost(database.db.pool, "what-if");
  const { runId } = await makeSampleRun(database.db.pool, host, { ...SAMPLE, summary: "A version of its own." });
  const ask = (query: string) => vera("GET", `/api/runs/${runId}/what-if?${query}`);
  const { status, said } = await ask("step=copy&longer=30");
  expect([status, said]).toEqual([200, expect.any(String)]);
  const { expected, supposed } = JSON.parse(said);
  expect(supposed.finishP50At).toBeGreaterThan(expected.finishP50At);
  for (const [query, code, words] of [
    ["step=nowhere&longer=30", 404, "no such step"],
    ["step=copy&longer=soon", 422, "a whole number, in percent"],
    ["step=copy&longer=5000", 422, "1000 at most"],
    ["step=..%2Fetc&longer=30", 422, "step"],
    ["", 422, "longer"],
  ] as const) {
    const answer = await ask(query);
    expect([query, answer.status, answer.said]).toEqual([query, code, expect.stringContaining(words)]);
  }
});

test("another site's page orders nothing, and nobody is served without a session", async () => {
  const olga = await as("olga");
  const { runId } = await makeRun(database.db.pool);
  const orders = `/api/runs/${runId}/orders`;
  for (const origin of ["http://localhost:4000", "https://localhost:3000", "null"]) {
    expect([origin, (await olga("POST", orders, hold, { origin })).status]).toEqual([origin, 403]);
  }
  expect((await fetch(`${url}${orders}`, { method: "POST", body: JSON.stringify(hold) })).status).toBe(401);
  expect((await (await as("vera"))("POST", "/api/windows", {})).status).toBe(403);
});

test("a host leaves with its own signature and no session; what is no such wish is refused in words", async () => {
  const host = await enrolHost(database.db.pool, "leaves");
  const said = { hostId: host.hostId, at: Date.now() };
  const post = (body: object) => fetch(`${url}/api/agents/leave`, { method: "POST", body: JSON.stringify(body) });
  const wrong = await post(said);
  expect([wrong.status, await wrong.json()]).toMatchObject([
    422,
    { because: "bodyInvalid", message: expect.stringContaining("signature") },
  ]);
  const forged = await post({ ...said, signature: Buffer.alloc(64).toString("base64") });
  expect([forged.status, await forged.json()]).toMatchObject([409, { because: "signatureWrong" }]);
  expect((await post({ ...said, signature: host.sign(leaveText(said)) })).status).toBe(204);
  const { rows } = await database.db.pool.query("select revoked_at from host where id = $1", [host.hostId]);
  expect(rows).toEqual([{ revoked_at: expect.any(Date) }]);
});

test("a stored runbook that can't be read takes nothing else from a page", async () => {
  const { pool } = database.db;
  const { runId } = await makeRun(pool, { runbookText: "slackwater: 0" });
  await pool.query("update run set stage = 'ended', outcome = 'completed', ended_at = now() where id = $1", [runId]);
  const vera = await asVera();
  const home = await vera("GET", "/api/home");
  expect([home.status, JSON.parse(home.said)]).toEqual([200, expect.objectContaining({ due: [] })]);
  const runbooks = await vera("GET", "/api/runbooks");
  expect([runbooks.status, runbooks.said]).toEqual([200, expect.stringContaining("This version can't be used here")]);
});

test("a runbook's triggers are given as rules for Prometheus, and their tests, to whoever is signed in", async () => {
  const { text, digests } = compileSample({ ...SAMPLE, id: "watched", version: "2" });
  const about = { slug: "watched", title: "Watched", version: "2", text };
  await database.db.prisma.runbook.create({
    data: { ...about, digest: digests.whole, executableDigest: digests.executable },
  });
  const address = `/api/runbooks/${digests.whole}/rules`;
  expect((await fetch(url + address)).status).toBe(401);
  const vera = await asVera();
  const rules = await vera("GET", address);
  expect([rules.status, rules.said]).toEqual([200, expect.stringContaining("- alert: AppDown\n")]);
  const tests = await vera("GET", `${address}?tests`);
  expect([tests.status, tests.said]).toEqual([200, expect.stringContaining('rule_files: ["watched.rules.yaml"]')]);
  expect((await vera("GET", `/api/runbooks/${"0".repeat(64)}/rules`)).status).toBe(404);
});

test("a person who was removed is nobody at the next request", async () => {
  const gone = await as("gone");
  expect((await gone("GET", "/api/me")).status).toBe(200);
  await database.db.pool.query(`delete from "user" where email = 'gone@example.org'`);
  expect((await gone("GET", "/api/me")).status).toBe(401);
});

test("nobody takes another's name, under which decisions are shown, nor another role", async () => {
  const olga = await as("olga");
  expect((await olga("POST", "/api/auth/update-user", { name: "Anna" })).status).toBe(404);
  expect(
    (await olga("POST", "/api/auth/sign-up/email", { name: "x", email: "x@x.org", password: PASSWORD })).status,
  ).toBe(400);
  expect(JSON.parse((await olga("GET", "/api/me")).said)).toMatchObject({ name: "olga", role: "operator" });
});

test("a new window is told to every process as it is written, and its engine is woken", async () => {
  const { pool, prisma } = database.db;
  const olga = await as("olga");
  const host = await enrolHost(pool);
  const plan = compileSample();
  const service = await prisma.service.create({ data: { slug: "notes", name: "Notes" } });
  const runbook = { slug: "sample", title: "Sample", version: "1", text: plan.text };
  const { whole, executable } = plan.digests;
  await prisma.runbook.create({ data: { ...runbook, digest: whole, executableDigest: executable } });
  const heard: Notice[] = [];
  const listener = listenForNotices(database.appUrl, () => {});
  listener.subscribe((notice) => notice && heard.push(notice));
  await listener.ready;
  const wanted = {
    ...{ title: "Move", serviceId: service.id, type: "routine", zone: "Europe/Berlin", runbookDigest: whole },
    ...{ startsAt: Date.now(), endsAt: Date.now() + 3_600_000, parameters: {}, hosts: { db: host.hostId } },
  };
  for (const [field, wrong] of [
    ["zone", { zone: "Mars/Olympus" }],
    ["endsAt", { startsAt: 8.64e15 - 1000, endsAt: 8.64e15 }],
    ["endsAt", { endsAt: wanted.startsAt }],
    ["startsAt", { startsAt: 1e300 }],
    ["hosts.db", { hosts: { db: randomUUID() } }],
    ["parameters.speed", { parameters: { speed: 1 } }],
  ] as const) {
    const refused = await olga("POST", "/api/windows", { ...wanted, ...wrong });
    expect([field, refused.status, JSON.parse(refused.said)]).toMatchObject([field, 422, { code: "bodyInvalid" }]);
    expect(Object.keys(JSON.parse(refused.said).fields)).toContain(field);
  }
  const made = await olga("POST", "/api/windows", wanted);
  expect([made.status, made.said]).toEqual([201, expect.stringContaining("runId")]);
  const { runId } = JSON.parse(made.said);
  await waitUntil("both notices", () => heard.length >= 2);
  await listener.close();
  expect(heard).toEqual([{ about: "windows" }, { about: "inputs", runId }]);
});

test("a passphrase is kept before it is on record as sealed: no end of the server in between leaves it nowhere", async () => {
  const { pool } = database.db;
  const host = await enrolHost(pool);
  const secret = { title: "Operational", host: "db", holder: "operator", keep: "In the safe." };
  const keys = { id: "keys", title: "Keys", items: [{ id: "seal", title: "Sealed", seal: "operational" }] };
  const checklist = [...SAMPLE.checklist, keys];
  const { runId } = await makeSampleRun(pool, host, { ...SAMPLE, checklist, secrets: { operational: secret } });
  const recipient = "age1ofthisrun";
  await storeRunKey(pool, { runId, hostId: host.hostId, recipient, signature: "signed" });
  const olga = await as("olga");
  const sealed = { secret: "operational", recipient, ciphertext: "AAAA", place: "The safe." };
  const asked = olga("POST", `/api/runs/${runId}/secrets`, sealed);
  // No engine is there to answer: the server could end now.
  const kept = "select ciphertext from sealed_secret where run_id = $1";
  await expect.poll(async () => (await pool.query(kept, [runId])).rows).toEqual([{ ciphertext: "AAAA" }]);
  await waitUntil("the order", async () => (await unansweredInputs(pool, runId)).length === 1);
  const refusal = { accepted: false, because: "wrongStage", detail: "" };
  await pool.query("update run_input set answered_at = now(), answer = $2 where run_id = $1", [runId, refusal]);
  expect((await asked).status).toBe(409);
});

test("while the database is away every route says so, and nothing of how it was called", async () => {
  const olga = await as("olga");
  const away = openDatabase("postgresql://slackwater:a-password@127.0.0.1:1/nowhere", { poolSize: 1 });
  openWeb(away);
  try {
    for (const path of ["/api/windows", "/api/me", `/api/runs/${randomUUID()}`, "/api/status"]) {
      const { status, said } = await olga("GET", path);
      expect([path, status, said]).toEqual([path, 503, expect.stringContaining("The database does not answer.")]);
      expect(said).not.toContain("a-password");
    }
  } finally {
    openWeb(database.db);
    await away.close();
  }
});
