import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { Me } from "../../protocol/http/identity.ts";
import type { MadeToken, TokenView } from "../../protocol/http/tokens.ts";
import { openDatabase } from "../../server/db/client.ts";
import { personOfToken } from "../../server/identity/tokens.ts";
import type { Ask } from "../support/apiHouse.ts";
import { PASSWORD, useApi } from "../support/apiHouse.ts";
import { useTestDatabase } from "../support/database.ts";
import { makeRun } from "../support/runRows.ts";

const database = useTestDatabase(5);
const api = useApi(database, {
  olga: { role: "operator" },
  vera: { role: "viewer" },
  anna: { role: "approver" },
  ada: { role: "admin" },
});
const folder = mkdtempSync(join(tmpdir(), "slackwater-tokens-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
// Here many people sign in from one address within a minute.
beforeEach(() => database.db.pool.query("delete from rate_limit"));

const wanted = { name: "Deploy pipeline", scope: "order", days: 30 };
const hold = { order: { order: "hold", reason: "" }, afterSeq: 0 };

async function make(person: Ask, changes: object = {}): Promise<MadeToken> {
  const made = await person("POST", "/api/tokens", { ...wanted, ...changes });
  if (made.status !== 201) throw new Error(made.text);
  return made.json();
}

test("a token is shown once and kept as a hash; its script acts in its person's name, and its last use is shown", async () => {
  const olga = await api.as("olga");
  const { token, view } = await make(olga);
  expect(view).toMatchObject({ name: "Deploy pipeline", scope: "order", lastUsedAt: null, revokedAt: null });
  const listed = async () => (await olga("GET", "/api/tokens")).json<TokenView[]>().find(({ id }) => id === view.id);
  expect(await listed()).toEqual(view);
  const dumped = JSON.stringify((await database.db.pool.query("select * from api_token")).rows);
  expect(dumped).not.toContain(token.slice(5));
  const me = await api.script(token)("GET", "/api/me");
  expect([me.status, me.json<Me>().name]).toEqual([200, "olga"]);
  expect(me.json<object>()).not.toHaveProperty("token");
  expect((await listed())?.lastUsedAt).toBeGreaterThanOrEqual(view.createdAt);
});

test("a script gives orders as far as its scope and its person's role of this moment go, and no further", async () => {
  const { pool } = database.db;
  const { runId } = await makeRun(pool);
  const orders = `/api/runs/${runId}/orders`;
  const reads = api.script((await make(await api.as("olga"), { scope: "read" })).token);
  expect((await reads("GET", "/api/windows")).status).toBe(200);
  for (const [path, body] of [
    [orders, hold],
    ["/api/services", { slug: "notes", name: "Notes" }],
    ["/api/runbooks", { text: "x" }],
    ["/api/windows", {}],
  ] as const) {
    const refused = await reads("POST", path, body);
    expect([path, refused.status, refused.text]).toEqual([path, 403, expect.stringContaining("scope order")]);
  }
  const admin = api.script((await make(await api.as("ada"), { scope: "order" })).token);
  expect((await admin("POST", "/api/hosts/enrolments", { hostName: "pdx-1" })).text).toContain("scope admin");
  expect((await admin("DELETE", `/api/hosts/${randomUUID()}`)).status).toBe(403);
  const orderer = await make(await api.as("olga"));
  const script = api.script(orderer.token);
  expect((await script("POST", "/api/services", { slug: "mail", name: "Mail" })).status).toBe(201);
  await pool.query(`update "user" set role = 'viewer' where name = 'olga'`);
  const demoted = await script("POST", "/api/services", { slug: "news", name: "News" });
  expect([demoted.status, demoted.text]).toEqual([403, expect.stringContaining("yours is viewer")]);
  await pool.query(`update "user" set role = 'operator' where name = 'olga'`);
  const { rows } = await pool.query("select id from run_input where run_id = $1", [runId]);
  expect(rows).toEqual([]);
});

test("who gave an order is on record with the token it came by", async () => {
  const { pool } = database.db;
  const { runId } = await makeRun(pool);
  const { token, view } = await make(await api.as("olga"));
  const asked = api.script(token)("POST", `/api/runs/${runId}/orders`, hold);
  const written = "select actor from run_input where run_id = $1";
  await expect
    .poll(async () => (await pool.query(written, [runId])).rows)
    .toMatchObject([{ actor: { role: "operator", sawSeq: 0, tokenId: view.id } }]);
  const refusal = { accepted: false, because: "wrongStage", detail: "" };
  await pool.query("update run_input set answered_at = now(), answer = $2 where run_id = $1", [runId, refusal]);
  expect((await asked).status).toBe(409);
});

test("no token decides, waives, signs or makes keys and tokens, whoever it is of", async () => {
  const { pool } = database.db;
  const { runId } = await makeRun(pool);
  const at = `/api/runs/${runId}`;
  for (const [name, scope] of [
    ["anna", "order"],
    ["ada", "admin"],
  ] as const) {
    const script = api.script((await make(await api.as(name), { scope })).token);
    for (const [method, path, body] of [
      ["POST", `${at}/statement`, { gateId: "go", verdict: "GO" }],
      ["POST", `${at}/decision`, { challengeId: randomUUID(), ssh: {} }],
      ["POST", `${at}/secrets`, {}],
      ["GET", "/api/passkeys", undefined],
      ["POST", "/api/passkeys", {}],
      ["GET", "/api/ssh-keys", undefined],
      ["POST", "/api/ssh-keys", {}],
      ["POST", "/api/passkeys/confirmations", {}],
      ["GET", "/api/tokens", undefined],
      ["POST", "/api/tokens", wanted],
      ["DELETE", `/api/tokens/${randomUUID()}`, undefined],
    ] as const) {
      const refused = await script(method, path, body);
      expect([path, refused.status, refused.text]).toEqual([path, 403, expect.stringContaining("No token opens this")]);
    }
    for (const order of [
      { order: "waive", criterionId: "disk", reason: "it fits" },
      { order: "takeBack", gateId: "go", reason: "no" },
      { order: "signCompletion", allVerified: true, inProduction: true, issues: "" },
    ]) {
      const refused = await script("POST", `${at}/orders`, { order, afterSeq: 0 });
      expect([order.order, refused.status, refused.text]).toEqual([
        order.order,
        403,
        expect.stringContaining("a person's own word"),
      ]);
    }
  }
  expect((await pool.query("select id from run_input where run_id = $1", [runId])).rows).toEqual([]);
});

test("a revoked, an expired and an unknown token are each refused in words, and no cookie beside one helps it", async () => {
  const { pool } = database.db;
  const olga = await api.as("olga");
  const revoked = await make(olga);
  const expired = await make(olga);
  expect((await olga("DELETE", `/api/tokens/${revoked.view.id}`)).status).toBe(200);
  expect((await olga("DELETE", `/api/tokens/${revoked.view.id}`)).status).toBe(200);
  await pool.query("update api_token set expires_at = now() where id = $1", [expired.view.id]);
  for (const [token, said] of [
    [revoked.token, "This token was revoked."],
    [expired.token, "This token has expired."],
    [`swa1.${"A".repeat(43)}`, "This token is not known here."],
    [`${revoked.token}x`, "This token is not known here."],
    ["", "This token is not known here."],
    ["' or true --", "This token is not known here."],
    ["x".repeat(7000), "This token is not known here."],
  ] as const) {
    const refused = await olga("GET", "/api/windows", undefined, { authorization: `Bearer ${token}` });
    expect([token, refused.status, refused.text]).toEqual([token, 401, expect.stringContaining(said)]);
    expect(refused.headers.get("www-authenticate")).toBe("Bearer");
  }
  // A proxy that asks for a password of its own leaves a page's session what it is.
  expect((await olga("GET", "/api/windows", undefined, { authorization: "Basic b2xnYTp4" })).status).toBe(200);
  const { text } = await olga("GET", "/api/tokens");
  expect(JSON.parse(text)).toContainEqual(
    expect.objectContaining({ id: revoked.view.id, revokedAt: expect.any(Number) }),
  );
});

test("a token goes with its person, and others' tokens are nobody's to see or revoke", async () => {
  const { pool } = database.db;
  const vera = await api.as("vera");
  const { token, view } = await make(vera, { scope: "read" });
  const olga = await api.as("olga");
  expect((await olga("GET", "/api/tokens")).text).not.toContain(view.id);
  expect((await olga("DELETE", `/api/tokens/${view.id}`)).status).toBe(404);
  expect((await api.script(token)("GET", "/api/windows")).status).toBe(200);
  await pool.query(`delete from "user" where name = 'vera'`);
  expect((await api.script(token)("GET", "/api/windows")).status).toBe(401);
});

test("what is no wish for a token is refused in words, and nobody's token goes beyond their role", async () => {
  const olga = await api.as("olga");
  for (const [changes, status, said] of [
    [{ name: " " }, 422, "Give the token a name"],
    [{ name: "x".repeat(81) }, 422, "name"],
    [{ scope: "root" }, 422, "read, order or admin"],
    [{ days: 0 }, 422, "a day at least"],
    [{ days: 366 }, 422, "365 days at most"],
    [{ days: 1.5 }, 422, "a whole number"],
    [{ days: "30" }, 422, "a whole number"],
    [{ userId: "ada" }, 422, "not right"],
    [{ scope: "admin" }, 403, "your role is operator"],
  ] as const) {
    const refused = await olga("POST", "/api/tokens", { ...wanted, ...changes });
    expect([changes, refused.status, refused.text]).toEqual([changes, status, expect.stringContaining(said)]);
  }
  const keyed = await olga("POST", "/api/tokens", wanted, { "idempotency-key": "k" });
  expect([keyed.status, keyed.text]).toEqual([422, expect.stringContaining("takes no Idempotency-Key")]);
  expect((await olga("DELETE", "/api/tokens/nonsense")).status).toBe(404);
});

test("a database that is away is said to be away: no script is told that its token is wrong", async () => {
  const { token } = await make(await api.as("olga"));
  const away = openDatabase("postgresql://slackwater:a-password@127.0.0.1:1/nowhere", { poolSize: 1 });
  await expect(personOfToken(away.prisma, token, Date.now())).rejects.toThrow();
  await away.close();
});

test("in a terminal a person makes, lists and revokes tokens of theirs", async () => {
  const program = join(import.meta.dirname, "..", "..", "server", "cli", "main.ts");
  // The routes are in this process: it must go on while the command asks it.
  const slackwater = async (...words: string[]) => {
    const child = spawn(process.execPath, [program, "token", ...words], {
      env: { ...process.env, STATE_DIRECTORY: folder },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        said += String(chunk);
      });
    child.stdin.end(`${PASSWORD}\n`);
    const { promise, resolve } = Promise.withResolvers<number | null>();
    child.once("close", resolve);
    return { status: await promise, said };
  };
  const by = ["--email", "olga@example.org", "--password-stdin"];
  const made = await slackwater("make", api.url, "--name", "Nightly", "--scope", "read", "--days", "7", ...by);
  expect(made).toMatchObject({ status: 0, said: expect.stringMatching(/shown this once: swa1\.\S{43}\n/) });
  const token = /swa1\.\S+/.exec(made.said)?.[0] ?? "";
  expect((await api.script(token)("GET", "/api/windows")).status).toBe(200);
  const listed = await slackwater("list", api.url, ...by);
  const [id = ""] =
    listed.said
      .split("\n")
      .find((line) => line.endsWith("Nightly"))
      ?.split("  ") ?? [];
  expect(listed.said).toMatch(/read {3}.*last used .* UTC {2}Nightly/);
  expect(await slackwater("revoke", api.url, id, ...by)).toMatchObject({ status: 0 });
  expect((await api.script(token)("GET", "/api/windows")).text).toContain("This token was revoked.");
  expect(await slackwater("make", api.url, "--name", "x", "--scope", "admin", ...by)).toMatchObject({
    status: 1,
    said: expect.stringContaining("your role is operator"),
  });
});

test("words that are no order for a token are refused before anybody signs in", () => {
  const program = join(import.meta.dirname, "..", "..", "server", "cli", "main.ts");
  for (const [words, said] of [
    [["make"], "token make <server url>"],
    [["make", "http://localhost:1", "--scope", "read"], "Give the token a name"],
    [["make", "http://localhost:1", "--name", "x", "--scope", "read", "--days", "soon"], "a whole number"],
    [["make", "http://slackwater.example.org", "--name", "x", "--scope", "read"], "plain HTTP"],
    [["revoke", "http://localhost:1", "7"], "no id of a token"],
    [["burn", "http://localhost:1"], "there is no token burn"],
  ] as const) {
    const { status, stderr } = spawnSync(process.execPath, [program, "token", ...words], {
      encoding: "utf8",
      input: "",
    });
    expect([words, status, stderr]).toEqual([words, 2, expect.stringContaining(said)]);
  }
});
