import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as exportRoute } from "../../app/api/runs/[runId]/export/route.ts";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import { readExport, writeExport } from "../../domain/chain/exportFile.ts";
import { GENESIS_HASH, linkText } from "../../domain/run/chain.ts";
import type { LoggedEvent, RunEvent } from "../../domain/run/events.ts";
import { compileStored } from "../../server/db/compileText.ts";
import { createLogReader } from "../../server/db/logReader.ts";
import { createRunReader } from "../../server/db/runReader.ts";
import { sha256 } from "../../server/db/sha256.ts";
import { prepareJobs } from "../../server/engine/prepareJobs.ts";
import { createAuth } from "../../server/identity/auth.ts";
import { readSettings } from "../../server/identity/settings.ts";
import { useTestDatabase } from "../support/database.ts";
import { carryOut, driveRun } from "../support/drivenRun.ts";
import { connectAgent, enrolHost } from "../support/fakeAgent.ts";
import { addPerson, SITE, startHouse } from "../support/house.ts";
import { makeSampleRun } from "../support/runRows.ts";

const database = useTestDatabase(4);
const folder = mkdtempSync(join(tmpdir(), "slackwater-cli-"));
const at = (name: string) => join(folder, name);
let runId = "";

/** The command line as a process of its own. */
const slackwater = (...words: string[]) => told("", ...words);

/** The same, with something on its standard input. */
function told(input: string, ...words: string[]) {
  const program = join(import.meta.dirname, "..", "..", "server", "cli", "main.ts");
  const addresses = { DATABASE_URL: database.appUrl, DATABASE_OWNER_URL: database.ownerUrl };
  const env = { ...process.env, ...addresses, STATE_DIRECTORY: at("state") };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { env, input, encoding: "utf8" });
  return { status, said: stdout + stderr };
}

/** The web routes' own world, on the test's database. */
function openWeb() {
  const settings = readSettings({
    NODE_ENV: "test",
    SLACKWATER_APP_URL: SITE.origin,
    SLACKWATER_DATABASE_URL: database.appUrl,
    SLACKWATER_SESSION_SECRET: "a secret of this test, and of nothing else",
    SLACKWATER_STATE_DIRECTORY: folder,
    SLACKWATER_SERVER_KEY: "unused",
  });
  const { prisma, pool } = database.db;
  const auth = createAuth(prisma, settings);
  const runs = createRunReader(pool, compileStored);
  globalThis.slackwaterHouse = { prisma, pool, settings, auth, runs, logs: createLogReader(pool) };
  const close = () => {
    globalThis.slackwaterHouse = undefined;
  };
  return { auth, close };
}

beforeAll(async () => {
  const { pool } = database.db;
  await prepareJobs(database.ownerUrl, "slackwater_app");
  const house = await startHouse(database.appUrl);
  const anna = await addPerson(pool, "anna", "approver");
  const host = await enrolHost(pool);
  const run = await makeSampleRun(pool, host);
  runId = run.runId;
  const drive = driveRun(pool, run.runId);
  const agent = await connectAgent(house.agentUrl, host);
  await drive.approve(agent, anna);
  await drive.order({ order: "start" });
  await carryOut(agent);
  expect(slackwater("export", runId, "--out", at("early.run"))).toMatchObject({ status: 0 });
  await carryOut(agent);
  await drive.reaches((state) => state.gates["counted" as never]?.stage === "open");
  agent.cut();
  await house.close();
  expect(slackwater("export", runId, "--out", at("whole.run"))).toMatchObject({ status: 0 });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("an exported run is accepted, and it is said who anchors which part", () => {
  const { status, said } = slackwater("verify", at("whole.run"));
  expect(said).toContain(`accepted: run ${runId}`);
  expect(said).toMatch(/GO at gate go by anna, signed with a SOFTWARE passkey .* holds/);
  expect(said).toMatch(/events 1 to \d+ are anchored by the signature of anna/);
  expect(said).toMatch(/are anchored by nobody outside the server/);
  expect(status).toBe(0);
});

test("it is said which control is shown by what, and which by nothing; the file holds the same, and no other", () => {
  const { said } = slackwater("verify", at("whole.run"));
  expect(said).toMatch(/^ {2}control SOC2-03: shown by 1 of its 2 steps$/m);
  expect(said).toMatch(/^ {4}prepare: done; events [\d, to]+; decided by event \d+; output of event \d+: \d+ bytes, /m);
  expect(said).toMatch(/^ {2}control SOC2-06: nothing shows it$/m);
  const read = readExport(readFileSync(at("whole.run")), sha256);
  if (!read.ok || !read.run.evidence) throw new Error("the export has no index of controls");
  const [first, ...others] = read.run.evidence.controls;
  if (!first) throw new Error("the index is empty");
  const nicer = {
    version: 1 as const,
    controls: [first, ...others.map((one) => ({ ...one, standing: "shown" as const }))],
  };
  writeFileSync(at("nicer.run"), writeExport({ ...read.run, evidence: nicer }, sha256));
  expect(slackwater("verify", at("nicer.run"))).toMatchObject({
    status: 1,
    said: expect.stringContaining("index of controls"),
  });
  // A file of before has none, and is as good.
  writeFileSync(at("before.run"), writeExport({ ...read.run, evidence: undefined }, sha256));
  expect(slackwater("verify", at("before.run"))).toMatchObject({ status: 0, said: expect.stringContaining("SOC2-06") });
});

test("after any one byte of it is changed it is rejected", () => {
  const bytes = readFileSync(at("whole.run"));
  expect(bytes.length).toBeGreaterThan(20_000);
  // Each start of a process costs a moment: domain/chain proves every byte, this proves the command on a spread of them.
  for (const place of [0, 1, 500, bytes.length >> 1, bytes.length - 100, bytes.length - 2, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[place] = (changed[place] ?? 0) ^ 1;
    writeFileSync(at("changed.run"), changed);
    const { status, said } = slackwater("verify", at("changed.run"));
    expect([place, status, said.startsWith("rejected: ")]).toEqual([place, 1, true]);
  }
}, 60_000);

test("an older export and the journal of an agent anchor what they saw", () => {
  const { status, said } = slackwater("verify", at("whole.run"), "--anchor", at("early.run"));
  expect([status, said]).toEqual([0, expect.stringMatching(/events 1 to \d+ are anchored by older export/)]);
  const [, head] = /head of the chain: ([0-9a-f]{64})/.exec(said) ?? [];
  writeFileSync(at("journal"), journalLine(1, { type: "headSeen", runId, head }));
  const anchored = slackwater("verify", at("whole.run"), "--anchor", at("journal"));
  expect(anchored.said).toMatch(/are anchored by journal of an agent/);
  expect(anchored.said).not.toContain("nobody");
});

test("whoever rewrites the log, its chain and its file is found by what a host or an older file saw", () => {
  const events = rewritten((event) =>
    event.type === "taskEnded" ? { ...event, report: { ...event.report, outputBytes: 5 } as never } : event,
  );
  const read = readExport(readFileSync(at("whole.run")), sha256);
  if (!read.ok) throw new Error(read.problem);
  const last = rewritten((event, index, all) =>
    index === all.length - 1 ? ({ type: "noteWritten", text: "nothing to see", by: "anna" } as never) : event,
  );
  writeFileSync(at("rewritten.run"), writeExport({ header: read.run.header, events: last }, sha256));
  // What nobody outside saw can be rewritten; `verify` said so. With an anchor it is found.
  expect(slackwater("verify", at("rewritten.run")).said).toContain("anchored by nobody");
  const head = read.run.events.at(-1)?.hash;
  writeFileSync(at("journal2"), journalLine(1, { type: "headSeen", runId, head }));
  const found = slackwater("verify", at("rewritten.run"), "--anchor", at("journal2"));
  expect([found.status, found.said]).toEqual([1, expect.stringContaining("the log was written anew")]);
  // Seen after the export was made, it is only said.
  writeFileSync(at("journal3"), journalLine(1, { type: "headSeen", runId, head }, Date.now()));
  const later = slackwater("verify", at("rewritten.run"), "--anchor", at("journal3"));
  expect([later.status, later.said]).toEqual([0, expect.stringContaining("saw a newer head")]);
  // Before the decision it is found by the head that the decision was made on.
  writeFileSync(at("rewritten2.run"), writeExport({ header: read.run.header, events }, sha256));
  expect(slackwater("verify", at("rewritten2.run"))).toMatchObject({
    status: 1,
    said: expect.stringContaining("names a head"),
  });
});

test("a decision whose signature was made for something else, or with a key that is nobody's, is rejected", () => {
  const read = readExport(readFileSync(at("whole.run")), sha256);
  if (!read.ok) throw new Error(read.problem);
  const people = read.run.header.people.map((person) => ({ ...person, publicKeys: [] }));
  writeFileSync(at("keyless.run"), writeExport({ ...read.run, header: { ...read.run.header, people } }, sha256));
  expect(slackwater("verify", at("keyless.run")).said).toContain("a key that is not theirs");
  const elsewhere = { rpId: "example.org", origins: ["https://example.org"] };
  writeFileSync(
    at("elsewhere.run"),
    writeExport({ ...read.run, header: { ...read.run.header, relyingParty: elsewhere } }, sha256),
  );
  expect(slackwater("verify", at("elsewhere.run")).said).toContain("does not fit the statement");
});

test("an export is never written over a file that is there, and an unknown run is said so", () => {
  expect(slackwater("export", runId, "--out", at("whole.run")).said).toContain("is there already");
  expect(slackwater("export", "0190a1b2-0000-4000-8000-000000000001", "--out", at("none.run"))).toMatchObject({
    status: 1,
  });
  expect(slackwater("export", "nonsense", "--out", at("none.run"))).toMatchObject({ status: 2 });
  expect(slackwater("verify", at("none.run"))).toMatchObject({ status: 1, said: `There is no ${at("none.run")}.\n` });
  expect(slackwater("verify")).toMatchObject({ status: 2 });
});

test("whoever was added signs in, and saves the very file that the command writes", async () => {
  const added = slackwater(
    ...["add-person", "--name", "Ada Admin", "--email", "Ada@example.org", "--role", "admin", "--group", "dba"],
  );
  expect(added).toMatchObject({ status: 0, said: expect.stringContaining("Ada Admin is added as admin in dba") });
  const [, password = ""] = /Password, shown this once: (\S+)/.exec(added.said) ?? [];
  const twice = slackwater("add-person", "--name", "Ada", "--email", "ada@example.org", "--role", "viewer");
  expect(twice).toMatchObject({ status: 1, said: expect.stringContaining("is there already") });

  const web = openWeb();
  try {
    const email = "ada@example.org";
    const signedIn = await web.auth.api.signInEmail({ body: { email, password }, asResponse: true });
    const cookie = signedIn.headers.getSetCookie().map((set) => set.split(";", 1)[0]);
    const ask = (id: string, headers: HeadersInit) =>
      exportRoute(new Request(`${SITE.origin}/api/runs/${id}/export`, { headers }), {
        params: Promise.resolve({ runId: id }),
      });
    const answer = await ask(runId, { cookie: cookie.join("; ") });
    expect([answer.status, answer.headers.get("content-disposition")]).toEqual([
      200,
      `attachment; filename="run-${runId}.jsonl"`,
    ]);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const read = (file: Buffer) => {
      const got = readExport(file, sha256);
      return got.ok ? { ...got.run, header: { ...got.run.header, exportedAt: 0 } } : got.problem;
    };
    expect(read(bytes)).toEqual(read(readFileSync(at("whole.run"))));
    writeFileSync(at("saved.run"), bytes);
    expect(slackwater("verify", at("saved.run"), "--anchor", at("whole.run"))).toMatchObject({ status: 0 });
    expect((await ask(runId, {})).status).toBe(401);
    expect((await ask("0190a1b2-0000-4000-8000-000000000001", { cookie: cookie.join("; ") })).status).toBe(404);
  } finally {
    web.close();
  }
});

test("a person is described in full or not added, and a password may come by standard input, never as an argument", () => {
  const add = ["add-person", "--name", "Ben", "--email", "ben@example.org"];
  expect(slackwater(...add, "--role", "boss")).toMatchObject({ status: 2, said: expect.stringContaining("--role") });
  expect(slackwater(...add, "--password", "a long enough word", "--role", "viewer")).toMatchObject({ status: 2 });
  const short = told("short\n", ...add, "--role", "viewer", "--password-stdin");
  expect(short).toMatchObject({ status: 2, said: expect.stringContaining("at least 10 characters") });
  const long = told("a long enough word\n", ...add, "--role", "viewer", "--password-stdin");
  expect(long).toMatchObject({ status: 0, said: expect.not.stringContaining("Password") });
});

test("a folder that holds no database is said, and none is made there", () => {
  const program = join(import.meta.dirname, "..", "..", "server", "cli", "main.ts");
  const words = [program, "export", runId, "--out", at("none.run"), "--state", at("elsewhere")];
  const { PATH } = process.env;
  const { status, stderr } = spawnSync(process.execPath, words, { env: { NODE_ENV: "test", PATH }, encoding: "utf8" });
  expect([status, stderr]).toEqual([1, expect.stringContaining("There is no database of Slackwater in")]);
  expect(existsSync(at("elsewhere"))).toBe(false);
});

test("a runbook is checked with line and column", () => {
  const shipped = join(import.meta.dirname, "..", "..", "runbooks", "luks-postgres", "runbook.yaml");
  expect(slackwater("lint", shipped)).toMatchObject({ status: 0 });
  writeFileSync(at("bad.yaml"), readFileSync(shipped, "utf8").replace("\nrisk:", "\nrisky:"));
  const { status, said } = slackwater("lint", at("bad.yaml"));
  expect(status).toBe(1);
  expect(said).toMatch(/bad\.yaml:\d+:\d+ error unknown key "risky"/);
});

function journalLine(seq: number, entry: object, seenAt = 1_700_000_000_000): string {
  const json = JSON.stringify({ seq, at: seenAt, entry });
  return `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
}

/** The log with events changed and its chain computed anew. */
function rewritten(change: (event: RunEvent, index: number, all: readonly LoggedEvent[]) => RunEvent): LoggedEvent[] {
  const read = readExport(readFileSync(at("whole.run")), sha256);
  if (!read.ok) throw new Error(read.problem);
  let prevHash = GENESIS_HASH;
  return read.run.events.map((logged, index, all) => {
    const event = change(logged.event, index, all);
    const { seq, at: moment } = logged;
    const hash = sha256(linkText({ runId: read.run.header.runId, seq, at: moment, prevHash }, canonicalJson(event)));
    const link = { seq, at: moment, event, prevHash, hash };
    prevHash = hash;
    return link;
  });
}
