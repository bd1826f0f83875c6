import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSoftwarePasskey, restoreSoftwarePasskey } from "../../scripts/demo/softwarePasskey.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import { moveHost } from "../../server/cli/moveHost.ts";
import { compileStored } from "../../server/db/compileText.ts";
import { createLogReader } from "../../server/db/logReader.ts";
import { createRunReader } from "../../server/db/runReader.ts";
import { createAuth } from "../../server/identity/auth.ts";
import { addPerson } from "../../server/identity/people.ts";
import { readSettings } from "../../server/identity/settings.ts";
import { settleNames } from "../../server/identity/site.ts";
import { serveApiRoutes } from "../support/apiRoutes.ts";
import { useTestDatabase } from "../support/database.ts";
import { enrolHost } from "../support/fakeAgent.ts";

const OLD = "old.example.org";
const NEW = "new.example.org";
const PASSWORD = "a password of this test";
const database = useTestDatabase(4);
const server = createServer(serveApiRoutes());

/** A start of the server with this address, as start.ts makes it; answers what it warned of. */
async function startAt(name: string): Promise<string | undefined> {
  const { prisma, pool } = database.db;
  const url = `https://${name}`;
  const { names, warning } = await settleNames(prisma, url);
  const settings = readSettings({
    NODE_ENV: "test",
    SLACKWATER_APP_URL: url,
    SLACKWATER_NAMES: JSON.stringify(names),
    SLACKWATER_DATABASE_URL: database.appUrl,
    SLACKWATER_SESSION_SECRET: "a secret of this test, and of nothing else",
    SLACKWATER_STATE_DIRECTORY: "unused",
    SLACKWATER_SERVER_KEY: "unused",
    SLACKWATER_ALLOW_SOFTWARE_PASSKEY: "1",
  });
  const auth = createAuth(prisma, settings);
  const runs = createRunReader(pool, compileStored);
  globalThis.slackwaterHouse = { prisma, pool, settings, auth, runs, logs: createLogReader(pool) };
  return warning;
}

/** Asks as a page of that name does. */
async function ask(name: string, cookie: string, method: string, path: string, body?: unknown) {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const said = body === undefined ? "" : JSON.stringify(body);
  const headers = {
    ...{ host: name, origin: `https://${name}`, cookie, "content-type": "application/json" },
    "content-length": Buffer.byteLength(said),
  };
  const asking = request({ host: "127.0.0.1", port: address.port, method, path, headers, agent: false });
  asking.end(said);
  const [response] = await once(asking, "response");
  const answer = await text(response);
  const cookies = [response.headers["set-cookie"] ?? []].flat().map((set: string) => set.split(";", 1)[0]);
  return {
    status: response.statusCode,
    body: answer === "" ? undefined : JSON.parse(answer),
    cookie: cookies.join("; "),
  };
}

type Passkey = ReturnType<typeof createSoftwarePasskey>;

/** Somebody at a page of that name, signed in by password. */
async function at(name: string, email: string) {
  const signedIn = await ask(name, "", "POST", "/api/auth/sign-in/email", { email, password: PASSWORD });
  expect(signedIn.status).toBe(200);
  const send = (method: string, path: string, body?: unknown) => ask(name, signedIn.cookie, method, path, body);
  return {
    send,
    /** Makes a passkey there. */
    async register(passkey: Passkey) {
      const { body } = await send("GET", "/api/passkeys");
      const credential = passkey.register(body.options.challenge);
      const said = { challengeId: body.challengeId, name: "A device", software: true, credential };
      return { rpId: body.options.rp.id, ...(await send("POST", "/api/passkeys", said)) };
    },
  };
}

/** The status of signing in with a passkey at a page of that name. */
async function signIn(name: string, passkey: Passkey, rpId?: string): Promise<number | undefined> {
  const { body } = await ask(name, "", "POST", "/api/auth/passkey/begin", rpId === undefined ? {} : { rpId });
  const credential = passkey.assert(body.options.challenge);
  return (await ask(name, "", "POST", "/api/auth/passkey/finish", { challengeId: body.challengeId, credential }))
    .status;
}

const addresses = () => ({ DATABASE_URL: database.appUrl, DATABASE_OWNER_URL: database.ownerUrl });

/** What `slackwater move-host` says; rejects with why not. */
async function move(words: { to?: string; retire?: string; isForced?: boolean }): Promise<string> {
  const environment = { ...addresses(), APP_URL: `https://${OLD}` };
  const { to, retire, isForced = false } = words;
  return (await moveHost({ to, retire, isForced, state: undefined, environment })).lines.join("\n");
}

const siteOf = (name: string, rpId = name) => ({ rpId, origin: `https://${name}` });
const annaOld = createSoftwarePasskey(siteOf(OLD));
const adaOld = createSoftwarePasskey(siteOf(OLD));

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  expect(await startAt(OLD)).toBeUndefined();
  const auth = globalThis.slackwaterHouse?.auth;
  if (!auth) throw new Error("the house is open");
  for (const [name, role] of [
    ["Ada", "admin"],
    ["Anna", "approver"],
    ["Vera", "viewer"],
  ] as const) {
    const email = `${name.toLowerCase()}@example.org`;
    await addPerson(auth, { name, email, password: PASSWORD, role, groups: [] });
  }
  await enrolHost(database.db.pool);
});
afterAll(async () => {
  globalThis.slackwaterHouse = undefined;
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

test("before anybody has a passkey the name follows APP_URL; afterwards a slip in it costs nobody theirs", async () => {
  expect(await startAt("first.example.org")).toBeUndefined();
  expect(await startAt(OLD)).toBeUndefined();
  for (const [email, passkey] of [
    ["anna@example.org", annaOld],
    ["ada@example.org", adaOld],
  ] as const) {
    const made = await (await at(OLD, email)).register(passkey);
    expect(made).toMatchObject({ rpId: OLD, status: 201, body: { waitsForSecond: false } });
  }
  expect(await startAt("slip.example.org")).toMatch(
    /belong to old\.example\.org.*slackwater move-host slip\.example\.org/,
  );
  expect(await signIn(OLD, annaOld)).toBe(200);
  await at("slip.example.org", "anna@example.org");
  expect(await move({})).toContain("The name is old.example.org, and there is no other");
});

test("the host name is moved while the old one stays good, and says what is left to do", async () => {
  for (const wrong of ["https://new.example.org", "10.0.0.7", "new", "New.example.org:443"]) {
    await expect(move({ to: wrong })).rejects.toThrow("no host name");
  }
  const program = join(projectRoot, "server", "cli", "main.ts");
  const env = { NODE_ENV: "test" as const, PATH: process.env.PATH, ...addresses(), APP_URL: `https://${OLD}` };
  const moved = spawnSync(process.execPath, [program, "move-host", NEW], { env, encoding: "utf8" });
  expect([moved.stderr, moved.status]).toEqual(["", 0]);
  for (const part of [
    `Moving from ${OLD} to ${NEW}`,
    `set APP_URL=https://${NEW}`,
    "has none yet: Anna, anna@example.org",
    `origins: ["https://${OLD}", "https://${NEW}"]`,
    "   host ",
  ]) {
    expect(moved.stdout).toContain(part);
  }
  expect(await startAt(OLD)).toContain("the move from old.example.org to new.example.org is not finished");
  expect(await startAt(NEW)).toBeUndefined();
  // The same key at the new page: what a browser does that knows related origins.
  const annaThere = restoreSoftwarePasskey(annaOld.export(), siteOf(NEW, OLD));
  annaThere.assert("");
  expect(await signIn(OLD, annaOld)).toBe(200);
  annaThere.assert("");
  expect(await signIn(NEW, annaThere, OLD)).toBe(200);
});

test("a passkey that is made anew counts for nothing until a second person has signed for it", async () => {
  await startAt(NEW);
  const anna = await at(NEW, "anna@example.org");
  const annaNew = createSoftwarePasskey(siteOf(NEW));
  expect(await anna.register(annaNew)).toMatchObject({ rpId: NEW, status: 201, body: { waitsForSecond: true } });
  expect(await signIn(NEW, annaNew)).toBe(401);
  const trusted = (await anna.send("GET", "/api/passkeys/trust")).body;
  expect(trusted.map((key: { publicKey: string }) => key.publicKey)).toEqual([annaOld.publicKey]);
  expect(await move({})).toContain("waits for a second person: Anna");

  const confirmations = "/api/passkeys/confirmations";
  expect((await anna.send("GET", confirmations)).body).toEqual([]);
  const ada = await at(OLD, "ada@example.org");
  const [waiting] = (await ada.send("GET", confirmations)).body;
  expect(waiting).toMatchObject({ person: "Anna", passkey: "A device" });
  expect(waiting.keyWords).toHaveLength(6);
  const asked = { passkeyId: waiting.id };
  expect((await anna.send("POST", confirmations, asked)).status).toBe(404);
  expect((await (await at(NEW, "vera@example.org")).send("POST", confirmations, asked)).status).toBe(403);

  const question = (await ada.send("POST", confirmations, asked)).body;
  const signed = (passkey: Passkey) => ({
    challengeId: question.challengeId,
    credential: passkey.assert(question.options.challenge),
  });
  expect((await anna.send("POST", `${confirmations}/signed`, signed(annaOld))).status).toBe(409);
  const again = (await ada.send("POST", confirmations, asked)).body;
  const answer = { challengeId: again.challengeId, credential: adaOld.assert(again.options.challenge) };
  expect((await ada.send("POST", `${confirmations}/signed`, answer)).status).toBe(200);
  expect((await ada.send("POST", `${confirmations}/signed`, answer)).status).toBe(409);
  expect(await signIn(NEW, annaNew)).toBe(200);
  const { rows } = await database.db.pool.query(
    "select confirmation, confirmed_by from passkey where credential_id = $1",
    [annaNew.credentialId],
  );
  expect(rows[0]).toMatchObject({ confirmation: expect.stringContaining(annaNew.publicKey) });
});

test("the old name is retired when nobody is left behind, and then counts for nothing", async () => {
  await expect(move({ retire: OLD })).rejects.toThrow("Without a passkey would be: Ada");
  await expect(move({ retire: NEW })).rejects.toThrow("is the current name");
  expect(await move({ retire: OLD, isForced: true })).toContain("there is no other");
  await startAt(NEW);
  expect(await signIn(NEW, adaOld)).toBe(401);
  const ada = await at(NEW, "ada@example.org");
  const fromOld = await ask(OLD, "", "POST", "/api/passkeys/confirmations", {});
  expect(fromOld.status).toBe(403);
  expect((await ada.send("GET", "/api/me")).status).toBe(200);
});
