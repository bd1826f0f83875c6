import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Instant } from "../../domain/time.ts";
import { verifyFile } from "../../server/cli/verify.ts";
import { compileStored } from "../../server/db/compileText.ts";
import { createLogReader } from "../../server/db/logReader.ts";
import { exportRun } from "../../server/db/runExport.ts";
import { createRunReader } from "../../server/db/runReader.ts";
import { createAuth } from "../../server/identity/auth.ts";
import { erasePerson } from "../../server/identity/erasePerson.ts";
import { addPerson } from "../../server/identity/people.ts";
import { readSettings } from "../../server/identity/settings.ts";
import { viewRun } from "../../server/runs/queries.ts";
import { traceOf } from "../support/backups.ts";
import { driveRun } from "../support/drivenRun.ts";
import { addPerson as addWithPasskey, SITE } from "../support/house.ts";
import { useHouses } from "../support/useHouses.ts";

const all = useHouses();

/** Tables in which a person stands. */
const OF_PEOPLE: ReadonlySet<string> = new Set([
  ...["user", "session", "account", "passkey", "ssh_key", "verification", "challenge", "api_token", "keyed_request"],
  ...["window", "run_event"],
]);

const auth = () =>
  createAuth(
    all.database.db.prisma,
    readSettings({
      NODE_ENV: "test",
      SLACKWATER_APP_URL: SITE.origin,
      SLACKWATER_DATABASE_URL: all.database.appUrl,
      SLACKWATER_SESSION_SECRET: "a secret of this test, and of nothing else",
      SLACKWATER_STATE_DIRECTORY: tmpdir(),
      SLACKWATER_SERVER_KEY: "unused",
    }),
  );

/** Everything in the database as text, with the logs as they are. */
async function everyWord(): Promise<string> {
  const { pool } = all.database.db;
  const { rows } = await pool.query<{ t: string }>("select tablename as t from pg_tables where schemaname = 'public'");
  const texts = await Promise.all(
    rows.map(
      async ({ t }) =>
        (await pool.query(`select coalesce(string_agg(r::text, ' '), '') as text from "${t}" r`)).rows[0].text,
    ),
  );
  return texts.join("\n");
}

test("an approver who is erased is nowhere in the database by name, address or key label; the run verifies and its page shows that somebody was erased", async () => {
  const { pool, prisma } = all.database.db;
  const house = await all.house();
  const { host, drive, runId } = await all.sampleOn();
  const agent = await all.connect(house.agentUrl, host);
  const petra = await addWithPasskey(pool, "p-71", "approver");
  await pool.query(
    `update "user" set name = 'Petra Unverwechselbar', email = 'petra@unverwechselbar.example', groups = '{approvers}' where id = 'p-71'`,
  );
  await pool.query(`update passkey set name = 'Petras Telefon' where user_id = 'p-71'`);
  await pool.query(
    `insert into ssh_key (id, user_id, name, public_key) values ('k', 'p-71', 'petra@laptop', 'ssh-ed25519 AAAA')`,
  );
  await pool.query(
    `insert into session (id, token, user_id, expires_at, ip_address, updated_at) values ('ps', 'petras-token', 'p-71', now() + interval '1 day', '192.0.2.71', now())`,
  );
  await pool.query(
    `insert into account (id, account_id, provider_id, user_id, password, updated_at) values ('pa', 'p-71', 'credential', 'p-71', 'hash', now())`,
  );
  await pool.query(
    `insert into verification (id, identifier, value, expires_at, updated_at) values ('pv', 'petra@unverwechselbar.example', 'x', now(), now())`,
  );
  await pool.query(
    `insert into api_token (id, user_id, name, secret_hash, scope, expires_at) values (gen_random_uuid(), 'p-71', 'Petras Skript', 'hash', 'read', now() + interval '1 day')`,
  );
  await pool.query(
    `insert into keyed_request (user_id, key, fingerprint, answer) values ('p-71', 'petras-key', 'hash', 'null')`,
  );
  await drive.askApproval(agent);
  const signed = await drive.statementSignedBy(petra, "p-71");
  expect(await drive.order(signed, { userId: "p-71", role: "approver", groups: ["approvers"] })).toMatchObject({
    accepted: true,
  });
  await drive.reaches((state) => state.stage === "ready");

  // She approved a window that is not over: nothing is touched, and it is said why.
  // Of the server, which is up, only what it keeps of people and windows: its leases and links move by themselves.
  const trace = async () =>
    (await traceOf(all.database)).filter(([schema, name]) => schema === "public" && OF_PEOPLE.has(name));
  const before = await trace();
  expect(before).toHaveLength(OF_PEOPLE.size);
  expect(await erasePerson(pool, "petra@unverwechselbar.example", false)).toEqual({
    kind: "needed",
    needed: [{ window: "Window", as: "approver" }],
  });
  expect(await trace()).toEqual(before);
  await drive.order({ order: "abandon", reason: "Not tonight." });
  await all.end(house);
  const log = await drive.log();

  const erased = await erasePerson(pool, "Petra@Unverwechselbar.example", false);
  expect(erased).toMatchObject({
    kind: "erased",
    userId: "p-71",
    removed: [
      ...["1 sessions", "1 ways to sign in", "1 passkeys", "1 SSH keys"],
      ...["1 tokens of scripts", "1 keys of orders", "1 verifications"],
    ],
  });
  const words = await everyWord();
  for (const gone of ["Petra", "petra", "Unverwechselbar", "unverwechselbar", "192.0.2.71"])
    expect(words).not.toContain(gone);
  expect(await erasePerson(pool, "p-71", true)).toEqual({ kind: "alreadyErased" });
  expect(await erasePerson(pool, "nobody@example.org", true)).toEqual({ kind: "unknown" });

  expect(await drive.log()).toEqual(log);
  const site = { rpId: SITE.rpId, origins: [SITE.origin] };
  const folder = mkdtempSync(join(tmpdir(), "slackwater-erased-"));
  try {
    const file = join(folder, "run.jsonl");
    writeFileSync(file, (await exportRun(pool, runId, site, Instant.parse(Date.now()))) ?? "");
    const { exitCode, lines } = await verifyFile(file, { anchors: [], approvers: [] });
    expect([exitCode, lines.join("\n")]).toEqual([
      0,
      expect.stringMatching(/GO at gate go by p-71, signed with .*holds/),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const house2 = { prisma, pool, runs: createRunReader(pool, compileStored), logs: createLogReader(pool) };
  const view = JSON.stringify(await viewRun(house2 as never, runId));
  expect(view).toContain("a person who was erased signed GO");
  expect(view).not.toContain("Petra");
}, 60_000);

test("who is a requester of an open window stays unless it is forced, and then can't sign in any more", async () => {
  const { pool } = all.database.db;
  await addPerson(auth(), {
    name: "Otto Owner",
    email: "otto@example.org",
    password: "a long enough word",
    role: "operator",
    groups: [],
  });
  const [{ id }] = (await pool.query(`select id from "user" where email = 'otto@example.org'`)).rows;
  const { runId } = await all.sampleOn();
  await pool.query(`update "window" set requesters = array[$1] where id = (select window_id from run where id = $2)`, [
    id,
    runId,
  ]);
  const signIn = async () => {
    const answer = await auth().api.signInEmail({
      body: { email: "otto@example.org", password: "a long enough word" },
      asResponse: true,
    });
    return answer.status;
  };
  expect(await signIn()).toBe(200);
  expect(await erasePerson(pool, id, false)).toMatchObject({ kind: "needed", needed: [{ as: "requester" }] });
  expect(await erasePerson(pool, id, true)).toMatchObject({ kind: "erased", needed: [{ as: "requester" }] });
  expect(await signIn()).toBe(401);
  expect((await pool.query("select 1 from session where user_id = $1", [id])).rowCount).toBe(0);
  expect((await driveRun(pool, runId).state()).stage).toBe("preparing");
});

test("the last admin is never erased, not by two who erase each other either", async () => {
  const { pool } = all.database.db;
  for (const id of ["ada", "bo"]) await addWithPasskey(pool, id, "admin");
  const both = await Promise.all([erasePerson(pool, "ada", true), erasePerson(pool, "bo", true)]);
  expect(both.map(({ kind }) => kind).sort()).toEqual(["erased", "lastAdmin"]);
  const program = join(import.meta.dirname, "..", "..", "server", "cli", "main.ts");
  const { PATH } = process.env;
  const env: NodeJS.ProcessEnv = {
    PATH,
    NODE_ENV: "test",
    DATABASE_URL: all.database.appUrl,
    DATABASE_OWNER_URL: all.database.ownerUrl,
    STATE_DIRECTORY: join(tmpdir(), "slackwater-no-such-state"),
  };
  const run = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, "erase-person", ...words], {
      env,
      encoding: "utf8",
    });
    return { status, said: stdout + stderr };
  };
  const [{ id }] = (await pool.query(`select id from "user" where role = 'admin'`)).rows;
  expect(run(id, "--force")).toMatchObject({ status: 1, said: expect.stringContaining("the last admin") });
  await addWithPasskey(pool, "vera", "viewer");
  expect(run("vera@example.org")).toMatchObject({ status: 0, said: expect.stringContaining("logs keep the id vera") });
  expect(run()).toMatchObject({ status: 2 });
}, 30_000);
