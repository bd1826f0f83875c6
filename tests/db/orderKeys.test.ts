import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import type { MadeToken } from "../../protocol/http/tokens.ts";
import { forgetOldKeys } from "../../server/db/keyedRequests.ts";
import { useApi } from "../support/apiHouse.ts";
import { useTestDatabase } from "../support/database.ts";
import { enrolHost } from "../support/fakeAgent.ts";
import { makeRun } from "../support/runRows.ts";
import { compileSample } from "../support/sampleRun.ts";
import { waitUntil } from "../support/waitUntil.ts";

const database = useTestDatabase(5);
const api = useApi(database, { olga: { role: "operator" }, otto: { role: "operator" } });
// Here many people sign in from one address within a minute.
beforeEach(() => database.db.pool.query("delete from rate_limit"));

const hold = { order: { order: "hold", reason: "" }, afterSeq: 0 };
const keyed = (key: string) => ({ "idempotency-key": key });

async function scriptOf(name: string) {
  const person = await api.as(name);
  const made = await person("POST", "/api/tokens", { name: "x", scope: "order", days: 1 });
  return made.json<MadeToken>().token;
}

/** Inputs of a run, oldest first. */
async function inputsOf(runId: string): Promise<readonly { readonly id: string }[]> {
  const { rows } = await database.db.pool.query<{ id: string }>(
    "select id from run_input where run_id = $1 order by id",
    [runId],
  );
  return rows;
}

/** Answers what waits, as an engine would: that the log stands at this number now. */
const answerAll = (runId: string, seq: number) =>
  database.db.pool.query(
    "update run_input set answered_at = now(), answer = $2 where run_id = $1 and answered_at is null",
    [runId, { accepted: true, seq }],
  );

test("an order that is repeated at two processes at once, with one of them killed, takes effect once and has one answer", async () => {
  const { runId } = await makeRun(database.db.pool);
  const token = await scriptOf("olga");
  const [one, two] = await Promise.all([api.startProcess(), api.startProcess()]);
  const key = keyed(randomUUID());
  const orders = `/api/runs/${runId}/orders`;
  const at = (url: string) => api.script(token, url)("POST", orders, hold, key);
  const lost = Promise.allSettled(Array.from({ length: 5 }, () => at(one.url)));
  const asked = Array.from({ length: 5 }, () => at(two.url));
  await waitUntil("the order", async () => (await inputsOf(runId)).length > 0);
  await one.kill();
  for (const { status } of await lost) expect(status).toBe("rejected");
  await answerAll(runId, 7);
  for (const { status, text } of await Promise.all(asked))
    expect([status, text]).toEqual([200, '{"accepted":true,"seq":7}']);
  const after = await at(two.url);
  expect([after.status, after.text]).toEqual([200, '{"accepted":true,"seq":7}']);
  expect(await inputsOf(runId)).toHaveLength(1);
});

test("a refused order is refused again by the same key, and not tried again", async () => {
  const { runId } = await makeRun(database.db.pool);
  const script = api.script(await scriptOf("olga"));
  const key = keyed("one night");
  expect((await script("POST", `/api/runs/${runId}/orders`, hold, key)).status).toBe(422);
  const good = keyed("one-night");
  const first = script("POST", `/api/runs/${runId}/orders`, hold, good);
  await waitUntil("the order", async () => (await inputsOf(runId)).length === 1);
  const refusal = { accepted: false, because: "wrongStage", detail: "It is over." };
  await database.db.pool.query("update run_input set answered_at = now(), answer = $2 where run_id = $1", [
    runId,
    refusal,
  ]);
  const { status, text } = await first;
  expect(status).toBe(409);
  const again = await script("POST", `/api/runs/${runId}/orders`, hold, good);
  expect([again.status, again.text]).toEqual([409, text]);
  expect(await inputsOf(runId)).toHaveLength(1);
});

test("a key belongs to one order of one person; without a key each order is a new one", async () => {
  const { pool } = database.db;
  const { runId } = await makeRun(pool);
  const other = await makeRun(pool);
  const olga = api.script(await scriptOf("olga"));
  const otto = api.script(await scriptOf("otto"));
  const orders = `/api/runs/${runId}/orders`;
  const key = keyed("the-same");
  const waiting = [olga("POST", orders, hold, key), otto("POST", orders, hold, key)];
  await waitUntil("both", async () => (await inputsOf(runId)).length === 2);
  for (const [path, body] of [
    [orders, { ...hold, afterSeq: 1 }],
    [orders, { ...hold, order: { order: "hold", reason: "another" } }],
    [`/api/runs/${other.runId}/orders`, hold],
    ["/api/services", { slug: "keys", name: "Keys" }],
  ] as const) {
    const refused = await olga("POST", path, body, key);
    expect([path, refused.status, refused.text]).toEqual([
      path,
      422,
      expect.stringContaining("used for another order"),
    ]);
  }
  expect(await inputsOf(other.runId)).toEqual([]);
  expect((await pool.query("select 1 from service where slug = 'keys'")).rowCount).toBe(0);
  waiting.push(olga("POST", orders, hold), olga("POST", orders, hold));
  await waitUntil("all four", async () => (await inputsOf(runId)).length === 4);
  await answerAll(runId, 3);
  for (const answer of waiting) expect((await answer).status).toBe(200);
});

test("what is no key is refused, and nothing is done", async () => {
  const { runId } = await makeRun(database.db.pool);
  const script = api.script(await scriptOf("olga"));
  for (const key of ["", " ", "two words", "x".repeat(256), "k\u00e9y"]) {
    const refused = await script("POST", `/api/runs/${runId}/orders`, hold, keyed(key));
    expect([key, refused.status, refused.text]).toEqual([key, 422, expect.stringContaining("visible ASCII")]);
  }
  expect(await inputsOf(runId)).toEqual([]);
});

test("a window, a service and a runbook are made once for a key, and answered as they were whatever has changed since", async () => {
  const { pool } = database.db;
  const olga = await api.as("olga");
  const host = await enrolHost(pool);
  const plan = compileSample();
  const many = async (path: string, body: object) => {
    const key = keyed(randomUUID());
    const answers = await Promise.all(Array.from({ length: 6 }, () => olga("POST", path, body, key)));
    const texts = new Set(answers.map(({ status, text }) => `${status} ${text}`));
    expect([path, [...texts]]).toEqual([path, [expect.stringMatching(/^201 /)]]);
    return { key, answer: answers[0]?.text ?? "" };
  };
  const service = await many("/api/services", { slug: "orders", name: "Orders" });
  const runbook = await many("/api/runbooks", { text: plan.text });
  const wanted = {
    ...{ title: "Move", serviceId: JSON.parse(service.answer).id, type: "routine", zone: "Europe/Berlin" },
    ...{ runbookDigest: JSON.parse(runbook.answer).digest, parameters: {}, hosts: { db: host.hostId } },
    ...{ startsAt: Date.now(), endsAt: Date.now() + 3_600_000 },
  };
  const window = await many("/api/windows", wanted);
  const made = `select run.id from run join "window" on "window".id = window_id where service_id = $1`;
  expect((await pool.query(made, [wanted.serviceId])).rows).toEqual([{ id: JSON.parse(window.answer).runId }]);
  // The host is gone since: the same order can't be given any more, and was given.
  await pool.query("update host set revoked_at = now() where id = $1", [host.hostId]);
  expect((await olga("POST", "/api/windows", wanted)).status).toBe(422);
  expect((await olga("POST", "/api/windows", wanted, window.key)).text).toBe(window.answer);
  expect((await olga("POST", "/api/services", { slug: "orders", name: "Orders" })).status).toBe(409);
});

test("an order that was refused before it took effect leaves its key free", async () => {
  const olga = await api.as("olga");
  const key = keyed(randomUUID());
  expect((await olga("POST", "/api/services", { slug: "No", name: "x" }, key)).status).toBe(422);
  expect((await olga("POST", "/api/services", { slug: "now", name: "Now" }, key)).status).toBe(201);
});

test("a key counts for a day, and is removed after that", async () => {
  const { pool } = database.db;
  const olga = await api.as("olga");
  const key = keyed("of-yesterday");
  expect((await olga("POST", "/api/services", { slug: "first", name: "First" }, key)).status).toBe(201);
  await pool.query("update keyed_request set created_at = now() - interval '1441 minutes'");
  expect((await olga("POST", "/api/services", { slug: "second", name: "Second" }, key)).status).toBe(201);
  await pool.query("update keyed_request set created_at = now() - interval '1441 minutes'");
  await forgetOldKeys(pool);
  expect((await pool.query("select 1 from keyed_request")).rowCount).toBe(0);
});
