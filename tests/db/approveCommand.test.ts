import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { verifySignature } from "../../agent/approval/verifySignature.ts";
import { Approver, parseConfig } from "../../agent/config.ts";
import { approversYaml } from "../../components/hosts/approversYaml.ts";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import { readExport, writeExport } from "../../domain/chain/exportFile.ts";
import { statementText } from "../../domain/decision/digests.ts";
import type { SignedDecision } from "../../domain/decision/statement.ts";
import { Statement } from "../../domain/decision/statement.ts";
import { RunId } from "../../domain/ids.ts";
import { GENESIS_HASH, linkText } from "../../domain/run/chain.ts";
import { Instant } from "../../domain/time.ts";
import type { Me, SshKeyQuestion } from "../../protocol/http/identity.ts";
import type { TrustedKeyView } from "../../protocol/http/trust.ts";
import type { PersonClient } from "../../scripts/demo/personClient.ts";
import { personClient } from "../../scripts/demo/personClient.ts";
import { signIn } from "../../server/cli/approve/serverSession.ts";
import { verifyBytes } from "../../server/cli/verify.ts";
import { exportRun } from "../../server/db/runExport.ts";
import { sha256 } from "../../server/db/sha256.ts";
import { house } from "../../server/identity/door.ts";
import { addPerson } from "../../server/identity/people.ts";
import { fingerprintWords } from "../../server/identity/words.ts";
import { serveApiRoutes } from "../support/apiRoutes.ts";
import { atTerminal } from "../support/atTerminal.ts";
import { useTestDatabase } from "../support/database.ts";
import { driveRun } from "../support/drivenRun.ts";
import type { FakeAgent } from "../support/fakeAgent.ts";
import { connectAgent, enrolHost } from "../support/fakeAgent.ts";
import { makeSampleRun } from "../support/runRows.ts";
import type { ServerProcess } from "../support/serverProcess.ts";
import { freePort, startServerProcess } from "../support/serverProcess.ts";
import type { SshKey } from "../support/sshKeys.ts";
import { makeSshKey, registerSshKey } from "../support/sshKeys.ts";

const database = useTestDatabase(4);
const folder = mkdtempSync(join(tmpdir(), "slackwater-approve-"));
const PROGRAM = join(import.meta.dirname, "..", "..", "server", "cli", "main.ts");
const PASSWORD = "a long enough password";
const key = makeSshKey(folder, "anna");
const eve = makeSshKey(folder, "eve");
let server: ServerProcess;
let web: Server;
let url: string;
let agent: FakeAgent;
let drive: ReturnType<typeof driveRun>;
let runId: string;

/** Engine and gateways in a process of their own, the routes in this one, a run that asks for a GO. */
beforeAll(async () => {
  web = createServer(serveApiRoutes()).listen(0, "127.0.0.1");
  await once(web, "listening");
  url = `http://localhost:${(web.address() as AddressInfo).port}`;
  server = await startServerProcess({
    PORT: String(await freePort()),
    APP_URL: url,
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    STATE_DIRECTORY: join(folder, "state"),
  });
  Object.assign(process.env, {
    SLACKWATER_APP_URL: url,
    SLACKWATER_DATABASE_URL: database.appUrl,
    SLACKWATER_SESSION_SECRET: "a secret of this test, and of nothing else",
    SLACKWATER_STATE_DIRECTORY: folder,
    SLACKWATER_SERVER_KEY: "unused",
  });
  for (const [name, role] of [
    ["anna", "approver"],
    ["ben", "approver"],
    ["ada", "admin"],
  ] as const) {
    const groups = role === "approver" ? ["approvers"] : [];
    await addPerson(house().auth, { name, email: `${name}@example.org`, password: PASSWORD, role, groups });
  }
  const { pool } = database.db;
  const host = await enrolHost(pool);
  ({ runId } = await makeSampleRun(pool, host));
  drive = driveRun(pool, RunId.parse(runId));
  agent = await connectAgent(server.agentUrl, host);
  await drive.askApproval(agent);
}, 60_000);
afterAll(async () => {
  agent?.cut();
  await server?.stop();
  await globalThis.slackwaterHouse?.prisma.$disconnect();
  await globalThis.slackwaterHouse?.pool.end();
  globalThis.slackwaterHouse = undefined;
  web?.closeAllConnections();
  web?.close();
  rmSync(folder, { recursive: true, force: true });
});

// Here many people sign in from one address within a minute.
beforeEach(() => database.db.pool.query("delete from rate_limit"));

async function signedIn(name: string): Promise<{ client: PersonClient; cookie: string }> {
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ email: `${name}@example.org`, password: PASSWORD }),
  });
  const cookie = answer.headers
    .getSetCookie()
    .map((set) => set.split(";", 1)[0])
    .join("; ");
  return { client: personClient(url, name, cookie), cookie };
}

/** Asks for a statement and answers it with an SSH signature over what `of` makes of its text. */
async function decide(
  client: PersonClient,
  { publicKey, sign }: SshKey,
  of = (text: string) => sign(text),
  what: object = { verdict: "GO" },
) {
  const asked = await client.post<{ challengeId: string; statement: unknown }>(`/api/runs/${runId}/statement`, {
    ...{ gateId: "go", signWith: "ssh", ...what },
  });
  const signature = of(statementText(Statement.parse(asked.statement)));
  const answer = { challengeId: asked.challengeId, ssh: { publicKey, signature } };
  return client.post(`/api/runs/${runId}/decision`, answer);
}

const approveWords = (keyFile: string, verdict = "GO") => [
  ...[process.execPath, PROGRAM, "approve", url, runId, "--gate", "go", "--verdict", verdict],
  ...["--key", keyFile, "--email", "anna@example.org"],
];

describe("an SSH key", () => {
  test("goes on record when its holder proves it, and is then one person's alone", async () => {
    const { client: anna } = await signedIn("anna");
    const { client: ben } = await signedIn("ben");
    await expect(registerSshKey(anna, "laptop", key, "slackwater")).rejects.toThrow("not this key's signature");
    const borrowed = { publicKey: key.publicKey, sign: eve.sign };
    await expect(registerSshKey(anna, "laptop", borrowed)).rejects.toThrow("not this key's signature");
    const { challengeId, text } = await anna.get<SshKeyQuestion>("/api/ssh-keys");
    const proof = { challengeId, name: "laptop", publicKey: `${key.publicKey} anna@laptop` };
    const signature = key.sign(text, "slackwater-key");
    await expect(ben.post("/api/ssh-keys", { ...proof, signature })).rejects.toThrow("not this key's signature");
    await expect(anna.post("/api/ssh-keys", { ...proof, signature })).rejects.toThrow(
      "valid for five minutes and once",
    );
    await registerSshKey(anna, "laptop", key);
    await expect(registerSshKey(ben, "mine", key)).rejects.toThrow("on record already");
    expect((await anna.get<Me>("/api/me")).sshKeys).toMatchObject([
      { name: "laptop", type: "ssh-ed25519", software: true, fingerprint: expect.stringMatching(/^SHA256:/) },
    ]);
    const bits = execFileSync("ssh-keygen", ["-l", "-f", `${key.file}.pub`], { encoding: "utf8" });
    expect(bits).toContain((await anna.get<Me>("/api/me")).sshKeys[0]?.fingerprint);
    const trusted = await anna.get<readonly TrustedKeyView[]>("/api/passkeys/trust");
    expect(parseConfig(approversYaml(trusted), "agent.yaml").approvers).toMatchObject([
      { sshKey: key.publicKey, groups: ["approver", "approvers"], software: true },
    ]);
  });

  test("decides nothing for another person, another purpose, another statement, or after it was removed", async () => {
    const { client: anna, cookie } = await signedIn("anna");
    const { client: ben } = await signedIn("ben");
    await expect(decide(ben, key)).rejects.toThrow("No SSH key is on record as yours");
    await registerSshKey(ben, "desk", eve);
    const refused = "does not fit the statement and a key of yours";
    await expect(decide(ben, key)).rejects.toThrow(refused);
    await expect(decide(anna, key, (text) => key.sign(text, "git"))).rejects.toThrow(refused);
    await expect(decide(anna, key, (text) => key.sign(text.replace("/srv/old", "/etc")))).rejects.toThrow(refused);
    await expect(decide(anna, key, (text) => eve.sign(text))).rejects.toThrow(refused);
    const spare = makeSshKey(folder, "spare");
    await registerSshKey(anna, "spare", spare);
    const { sshKeys } = await anna.get<Me>("/api/me");
    const id = sshKeys.find(({ name }) => name === "spare")?.id;
    const remove = (who: string) => fetch(`${url}/api/ssh-keys/${id}`, { method: "DELETE", headers: { cookie: who } });
    expect((await remove("")).status).toBe(401);
    expect((await remove((await signedIn("ben")).cookie)).status).toBe(404);
    expect((await remove(cookie)).status).toBe(200);
    await expect(decide(anna, spare)).rejects.toThrow(refused);
    expect((await drive.types()).filter((type) => type === "decisionSigned")).toEqual([]);
  });

  test("of an admin signs that the glass is broken, with the reason in what is signed, and decides nothing", async () => {
    const { client: ada } = await signedIn("ada");
    const hers = makeSshKey(folder, "ada");
    await registerSshKey(ada, "laptop", hers);
    const sign = (text: string) => {
      expect(JSON.parse(text)).toMatchObject({ verdict: "BREAK-GLASS", reason: "Ben is on a plane." });
      return hers.sign(text);
    };
    const broken = { verdict: "BREAK-GLASS", reason: " Ben is on a plane. " };
    // The sample's approval asks for one GO: there is none to be left out.
    await expect(decide(ada, hers, sign, broken)).rejects.toThrow("one person always decides");
    await expect(decide(ada, hers, sign, { verdict: "BREAK-GLASS" })).rejects.toThrow("Write why somebody who decides");
    await expect(decide(ada, hers)).rejects.toThrow("Approvers decide; an admin can break the glass");
    const trusted = (await ada.get<readonly TrustedKeyView[]>("/api/passkeys/trust")).filter(
      ({ person }) => person === "ada",
    );
    expect(parseConfig(approversYaml(trusted), "agent.yaml").approvers).toMatchObject([
      { sshKey: hers.publicKey, groups: ["admin"] },
    ]);
  });
});

describe("slackwater approve", () => {
  test("is a person's at a terminal, over a connection that nobody reads, with a key that is on record", async () => {
    const [program = "", ...words] = approveWords(`${key.file}.pub`);
    const piped = spawnSync(program, words, { encoding: "utf8", input: "GO\n" });
    expect([piped.status, piped.stderr]).toEqual([1, expect.stringContaining("A person decides, at a terminal")]);
    const person = { email: "anna@example.org", password: PASSWORD };
    await expect(signIn(url, { ...person, password: "not my password" })).rejects.toThrow("password don't fit");
    await expect(signIn("http://127.0.0.1:1", person)).rejects.toThrow("can't be reached");
    const unknown = await atTerminal(approveWords(makeSshKey(folder, "new").file), [["Password", PASSWORD]]);
    expect([unknown.code, unknown.out]).toEqual([
      1,
      expect.stringContaining("is not on record as yours. On record: SHA256:"),
    ]);
    // What was typed for a password is nowhere to be read.
    expect(unknown.out).not.toContain(PASSWORD);
  });

  test("shows what is signed, signs nothing unless the verdict is typed, and has ssh-keygen ask for the passphrase", async () => {
    execFileSync("ssh-keygen", ["-q", "-p", "-N", "a passphrase", "-f", key.file]);
    const env = { NODE_ENV: "test", SSH_AUTH_SOCK: undefined } as const;
    const left = await atTerminal(
      approveWords(`${key.file}.pub`),
      [
        ["Password", PASSWORD],
        ["Type GO", "yes"],
      ],
      env,
    );
    expect([left.code, left.out]).toEqual([1, expect.stringContaining("Nothing was signed.")]);
    const answers = (passphrase: string) =>
      [
        ["Password", PASSWORD],
        ["Type GO", "GO"],
        ["Enter passphrase", passphrase],
      ] as const;
    const locked = await atTerminal(approveWords(`${key.file}.pub`), answers("wrong"), env);
    expect([locked.code, locked.out]).toEqual([1, expect.stringContaining("ssh-keygen did not sign")]);
    expect((await drive.state()).stage).toBe("deciding");

    const done = await atTerminal(approveWords(`${key.file}.pub`), answers("a passphrase"), env);
    expect([done.code, done.out]).toEqual([
      0,
      expect.stringContaining("GO at gate go is signed and stands in the log"),
    ]);
    const state = await drive.reaches(({ stage }) => stage === "ready");
    const { statement, signature } = decisionIn(state.gates);
    expect(signature).toMatchObject({ kind: "ssh", publicKey: key.publicKey });
    const words = fingerprintWords(sha256(statementText(statement)));
    for (const shown of ["from = /srv/old", "db: ", words.join(" "), statement.executableDigest, "pass     "]) {
      expect(done.out).toContain(shown);
    }
  }, 60_000);

  test("leads to an order that a host verifies by itself, and to a record that anybody can check offline", async () => {
    await drive.order({ order: "start" });
    const { authority } = await agent.next("task");
    const pin = Approver.parse({ user: "x", groups: ["approvers"], sshKey: key.publicKey, software: true });
    const [decision] = authority.decisions;
    if (decision === undefined) throw new Error("the order brings no decision");
    const user = decision.statement.approver;
    expect(await verifySignature(decision, [{ ...pin, user }])).toMatchObject({ valid: true });

    const at = (name: string) => join(folder, name);
    const site = { rpId: "localhost", origins: [url] };
    const exported = await exportRun(database.db.pool, RunId.parse(runId), site, Instant.parse(Date.now()));
    const bytes = Buffer.from(exported ?? "");
    const pinnedIn = (name: string, { publicKey }: SshKey) => {
      writeFileSync(at(name), JSON.stringify({ approvers: [{ user, sshKey: publicKey, software: true }] }));
      return { anchors: [], approvers: [at(name)] };
    };
    const good = await verifyBytes(bytes, pinnedIn("anna.yaml", key));
    expect([good.exitCode, good.lines.join("\n")]).toEqual([
      0,
      expect.stringMatching(/GO at gate go by .*, signed with an SSH key in SOFTWARE \(key .*, pinned in .*\), holds/),
    ]);
    expect(await verifyBytes(bytes, pinnedIn("eve.yaml", eve))).toMatchObject({
      exitCode: 1,
      lines: [expect.stringContaining("none of the given files pins the key")],
    });
    const forged = { ...decision, statement: { ...decision.statement, nonce: "A".repeat(43) } };
    expect(await verifyBytes(Buffer.from(rewritten(bytes, forged)), { anchors: [], approvers: [] })).toMatchObject({
      exitCode: 1,
      lines: [expect.stringContaining("does not fit the statement")],
    });
  });
});

function decisionIn(gates: object): SignedDecision {
  const [gate] = Object.values(gates) as { decisions: readonly { decision: SignedDecision }[] }[];
  const made = gate?.decisions[0]?.decision;
  if (made === undefined) throw new Error("nothing was decided");
  return made;
}

/** The exported run with another decision in it, its chain and its digest computed anew. */
function rewritten(bytes: Uint8Array, decision: SignedDecision): string {
  const read = readExport(bytes, sha256);
  if (!read.ok) throw new Error(read.problem);
  const { header } = read.run;
  let prevHash = GENESIS_HASH;
  const events = read.run.events.map(({ seq, at, event: logged }) => {
    const event = logged.type === "decisionSigned" ? { ...logged, decision } : logged;
    const hash = sha256(linkText({ runId: header.runId, seq, at, prevHash }, canonicalJson(event)));
    const link = { seq, at, event, prevHash, hash };
    prevHash = hash;
    return link;
  });
  return writeExport({ header, events }, sha256);
}
