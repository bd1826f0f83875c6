import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sha256 } from "../../../agent/approval/ownReading.ts";
import { loadIdentity } from "../../../agent/identity.ts";
import { decodeJournal } from "../../../agent/journal/journalLine.ts";
import { ACTIONS } from "../../../domain/action/catalog.ts";
import type { SignedDecision, Statement } from "../../../domain/decision/statement.ts";
import type { Digest, RunId } from "../../../domain/ids.ts";
import { TaskId } from "../../../domain/ids.ts";
import type { Authority } from "../../../protocol/agent.ts";
import type { DecidedWindow } from "./support/decided.ts";
import { compiled, DIGEST_OF_NOTHING, decidedWindow, MOVE_RUNBOOK, person, signStatement } from "./support/decided.ts";
import type { FakeServer } from "./support/fakeServer.ts";
import { startFakeServer } from "./support/fakeServer.ts";
import type { Host } from "./support/host.ts";
import { makeHost, orderFor } from "./support/host.ts";

/**
 * The server as the attacker. It has the server's key and database, and so everything that people signed so far: a GO for this very run among
 * it. It has no approver's key. The agent is the real one, with the real actions, as root.
 */
const HOUR = 3_600_000;
const anna = person("anna");
const ben = person("ben", ["security"]);
const mallory = person("mallory");
/** Pinned as the key of a person's device. */
const dora = person("dora");

let server: FakeServer;
let host: Host;
let fingerprint: Digest;
let window: DecidedWindow;
let go: SignedDecision;
let copy: Record<string, unknown>;
let path: (name: string) => string;
let attempts = 0;

interface Attack {
  readonly step?: string;
  readonly action?: string;
  readonly args?: Record<string, unknown>;
  readonly authority?: Authority;
  readonly runId?: RunId;
}

beforeAll(async () => {
  server = await startFakeServer();
  host = makeHost();
  path = (name) => join(host.room, name);
  mkdirSync(path("old"));
  mkdirSync(path("full"));
  writeFileSync(path("old/data"), "the database");
  for (let i = 0; i < 30; i += 1) writeFileSync(path(`full/${i}`), "");
  symlinkSync("/etc", path("link"));
  host.configure({
    actions: ACTIONS.map(({ name }) => name).filter((name) => name !== "traffic.stop"),
    containers: ["pg"],
    approvers: [anna.pin, ben.pin, { ...dora.pin, software: false }],
  });
  await host.enrolAt(server.url, server.token());
  ({ fingerprint } = loadIdentity(host.stateDir)!);
  window = decidedWindow({ fingerprint, parameters: { source: path("old"), target: path("new") } });
  go = window.sign(anna);
  copy = { from: path("old"), to: path("new"), maxKiBps: 10 };
  host.startReal();
  await server.until("the agent is connected", () => server.isConnected);
  // Everything an honest server would have measured by now.
  const listed = await done({ step: "list", action: "files.manifest", args: { path: path("old") } });
  expect(listed).toMatchObject({ outcome: "succeeded", result: { files_count: 1 } });
}, 120_000);
afterAll(async () => {
  await host.clean();
  await server.close();
});

function orderOf(attack: Attack) {
  attempts += 1;
  const { step = "copy", action = "files.copy", args = copy, runId = window.runId } = attack;
  const taskId = TaskId.parse(`${runId}.${step}.${attempts}`);
  const authority = attack.authority ?? window.authority([go]);
  return orderFor(action, args, { taskId, authority });
}

async function done(attack: Attack) {
  const frame = orderOf(attack);
  server.send(frame);
  const { taskId } = frame.order;
  await server.until(`${taskId} is done`, () => server.reports.has(taskId), 60_000);
  return server.reports.get(taskId)?.[0];
}

/** A GO whose statement was changed after it was signed. */
const changed = (changes: Partial<Statement>): SignedDecision => ({
  ...go,
  statement: { ...go.statement, ...changes },
});
const withText = (text: string, decisions = [go]) =>
  window.authority(decisions, { runbookText: text, runbookDigest: sha256(text) });
const signedWith = (changes: Partial<SignedDecision["signature"]>): SignedDecision => ({
  ...go,
  signature: { ...go.signature, ...changes } as SignedDecision["signature"],
});
/** The same window, as people would have to sign it for other parameters. */
const otherWindow = (parameters: object, text?: string) =>
  decidedWindow({ fingerprint, parameters: { ...parameters } as never, ...(text === undefined ? {} : { text }) });
function genuine(of: DecidedWindow, more: Attack = {}): Attack {
  return { runId: of.runId, authority: of.authority([of.sign(anna)]), ...more };
}
const now = () => Date.now();

/** What it tries, and the word in which the host says why not. */
const ATTACKS: readonly (readonly [what: string, attack: () => Attack, because: RegExp])[] = [
  // Without a decision, or with one that nobody made.
  ["no decision", () => ({ authority: window.authority([]) }), /0 of 1 decisions/],
  ["the signature of a key of its own", () => ({ authority: window.authority([window.sign(mallory)]) }), /no such key/],
  [
    "its own key under the approver's name",
    () => ({ authority: window.authority([signStatement({ ...mallory, user: anna.user }, window.statement(anna))]) }),
    /no such key/,
  ],
  [
    "the approver's key id beside its own signature",
    () => {
      const forged = signStatement(mallory, window.statement(anna));
      const { credentialId, publicKey } = anna.pin;
      return {
        authority: window.authority([{ ...forged, signature: { ...forged.signature, credentialId, publicKey } }]),
      };
    },
    /does not hold/,
  ],
  [
    "an approver's signature under another approver's name",
    () => ({ authority: window.authority([changed({ approver: ben.user })]) }),
    /no such key|does not hold/,
  ],
  [
    "an empty signature",
    () => ({ authority: window.authority([signedWith({ signature: "" } as never)]) }),
    /does not hold/,
  ],
  [
    "a cut signature",
    () => ({ authority: window.authority([signedWith({ signature: go.signature.signature.slice(0, 20) } as never)]) }),
    /does not hold/,
  ],
  [
    "the log-in challenge of the approver",
    () => {
      const { response } = anna.passkey.assert(createHash("sha256").update("log me in").digest("base64url"));
      const { clientDataJSON, authenticatorData, signature } = response;
      return { authority: window.authority([signedWith({ clientDataJSON, authenticatorData, signature } as never)]) };
    },
    /does not hold/,
  ],
  [
    "a registration in the place of an assertion",
    () => {
      const registered = anna.passkey.register(createHash("sha256").update("x").digest("base64url"));
      return {
        authority: window.authority([signedWith({ clientDataJSON: registered.response.clientDataJSON } as never)]),
      };
    },
    /does not hold/,
  ],
  [
    "an approver's signature that another site got",
    () => {
      const phished = person("anna", ["approvers"], { rpId: "localhost", origin: "https://evil.example" });
      return { authority: window.authority([signStatement(phished, window.statement(anna))]) };
    },
    /no such key/,
  ],
  [
    "a program's key where a device's is pinned",
    () => ({ authority: window.authority([window.sign(dora)]) }),
    /program's key/,
  ],
  [
    "a program's key that says it is a device's",
    () => ({ authority: window.authority([signedWith({ software: false })]) }),
    /marked as a program's/,
  ],
  [
    "one GO twice where a gate needs another group's",
    () => ({ step: "copy-again", args: { from: path("old"), to: path("new") }, authority: window.authority([go, go]) }),
    /second-look/,
  ],
  [
    "the GO of one gate for the next",
    () => ({
      step: "copy-again",
      args: { from: path("old"), to: path("new") },
      authority: window.authority([go, changed({ gateId: "second-look" as never })]),
    }),
    /second-look/,
  ],
  ["the GO of the wrong group", () => ({ authority: window.authority([window.sign(ben)]) }), /nobody of approvers/],
  [
    "a GO without the NO-GO that came with it turned round",
    () => ({ authority: window.authority([{ ...window.sign(anna, { verdict: "NO-GO" }), statement: go.statement }]) }),
    /does not hold/,
  ],

  // A statement changed after it was signed.
  ...(
    [
      ["its end", () => ({ notAfter: (now() + 48 * HOUR) as never })],
      ["its beginning", () => ({ notBefore: (now() - 48 * HOUR) as never })],
      ["the window's end", () => ({ windowEndsAt: (now() + 48 * HOUR) as never })],
      ["the latest end of a rollback", () => ({ rollbackLatestEnd: (now() + 480 * HOUR) as never })],
      ["its nonce", () => ({ nonce: Buffer.alloc(32).toString("base64url") })],
      ["its evidence", () => ({ evidence: [] })],
      ["its kind", () => ({ kind: "rehearsal" as const })],
      ["its chain head", () => ({ chainHead: sha256("another history") })],
      ["its verdict", () => ({ verdict: "NO-GO" as const })],
    ] as const
  ).map(([what, changes]): (typeof ATTACKS)[number] => [
    `a statement with ${what} changed`,
    () => ({ authority: window.authority([changed(changes())]) }),
    /does not hold/,
  ]),

  // Genuine decisions, for something else.
  [
    "the GO of another run",
    () => ({ authority: window.authority([window.sign(anna, { runId: randomUUID() as never })]) }),
    /signed for run/,
  ],
  [
    "the GO of another window",
    () => ({ authority: window.authority([window.sign(anna, { windowId: randomUUID() as never })]) }),
    /signed for window/,
  ],
  ["a run's number that nobody decided on", () => ({ runId: randomUUID() as RunId }), /signed for run/],
  [
    "the GO of another host",
    () => ({ authority: window.authority([window.sign(anna, { hosts: { db: DIGEST_OF_NOTHING } } as never)]) }),
    /signed for hosts/,
  ],
  [
    "this host in the place of another",
    () => {
      const hosts = { db: DIGEST_OF_NOTHING };
      return { authority: window.authority([window.sign(anna, { hosts } as never)], { hosts } as never) };
    },
    /not for this host/,
  ],
  [
    "the GO of another runbook",
    () => ({ authority: window.authority([window.sign(anna, { executableDigest: DIGEST_OF_NOTHING })]) }),
    /signed for runbook/,
  ],
  [
    "the GO of another rollback",
    () => ({ authority: window.authority([window.sign(anna, { rollbackDigest: DIGEST_OF_NOTHING })]) }),
    /signed for rollback/,
  ],
  [
    "a GO that has ended",
    () => ({ authority: window.authority([window.sign(anna, { notAfter: (now() - HOUR) as never })]) }),
    /was valid until/,
  ],
  [
    "a GO that has not begun",
    () => ({ authority: window.authority([window.sign(anna, { notBefore: (now() + HOUR) as never })]) }),
    /not valid before/,
  ],
  [
    "a rollback after its latest end",
    () => ({
      step: "copy-back",
      args: { from: path("new"), to: path("old") },
      authority: window.authority([window.sign(anna, { rollbackLatestEnd: (now() - HOUR) as never })]),
    }),
    /for a rollback/,
  ],
  [
    "a step behind a gate that nobody decided",
    () => ({ step: "copy-again", args: { from: path("old"), to: path("new") } }),
    /second-look has 0 of 1/,
  ],
  [
    "parameters that were changed after the GO",
    () => ({
      args: { ...copy, to: path("else") },
      authority: window.authority([go], { parameters: { source: path("old"), target: path("else") } }),
    }),
    /signed for parameters/,
  ],
  [
    "the hosts changed after the GO",
    () => ({ authority: window.authority([go], { hosts: { db: fingerprint, other: DIGEST_OF_NOTHING } as never }) }),
    /signed for hosts/,
  ],

  // A runbook that is not the signed one.
  [
    "another text under the signed digest",
    () => ({ authority: window.authority([go], { runbookText: MOVE_RUNBOOK.replace("atLeast: 1", "atLeast: 0") }) }),
    /not that of its digest/,
  ],
  [
    "another text with its own digest",
    () => ({ authority: withText(MOVE_RUNBOOK.replace("lasts: 1m", "lasts: 2m")) }),
    /compiles to/,
  ],
  [
    "another text, honestly named",
    () => {
      const text = MOVE_RUNBOOK.replace("* 10", "* 1000");
      const { digests } = compiled(text);
      return {
        args: { ...copy, maxKiBps: 1000 },
        authority: { ...withText(text), executableDigest: digests.executable },
      };
    },
    /signed for runbook/,
  ],
  ["a text that is none", () => ({ authority: withText("slackwater: 1\nphases: everything\n") }), /can't be read/],
  ["a step that the text does not have", () => ({ step: "wipe" }), /no task at step wipe/],
  ["a gate as a step", () => ({ step: "second-look" }), /no task at step second-look/],
  [
    "another action under the step's name",
    () => ({ action: "luks.create", args: luksCreate() }),
    /Step copy is files.copy/,
  ],
  ["a change under the name of a measurement", () => ({ step: "list" }), /Step list is files.manifest/],

  // Arguments.
  ["another target", () => ({ args: { ...copy, to: path("else") } }), /Argument to is/],
  ["another source", () => ({ args: { ...copy, from: path("full") } }), /Argument from is/],
  [
    "source and target the other way round",
    () => ({ args: { ...copy, from: path("new"), to: path("old") } }),
    /Argument from is/,
  ],
  ["one argument more", () => ({ args: { ...copy, owner: "0:0" } }), /owner is absent/],
  ["one argument less", () => ({ args: { from: copy.from, to: copy.to } }), /maxKiBps is 10/],
  ["an argument that rests on a fact that lies", () => ({ args: { ...copy, maxKiBps: 999_999 } }), /maxKiBps is 10/],
  ["an argument that no action has", () => ({ args: { ...copy, command: "rm -rf /" } }), /command|not fit/i],
  ["a path that leads out by dots", () => ({ args: { ...copy, to: `${host.room}/../../../etc/cron.d` } }), /./],
  ["a path with a NUL", () => ({ args: { ...copy, to: `${path("new")}\0/etc` } }), /./],
  ["a relative path that is an option", () => ({ args: { ...copy, to: "--rsh=sh -c id" } }), /./],

  // What the owner never allowed, with every signature in order.
  [
    "a path outside of the owner's roots, signed",
    () => {
      const of = otherWindow({ source: path("old"), target: "/etc/cron.d" });
      return genuine(of, { args: { from: path("old"), to: "/etc/cron.d", maxKiBps: 10 } });
    },
    /roots|not allow/i,
  ],
  [
    "a link that leads out of the owner's roots, signed",
    () => {
      const of = otherWindow({ source: path("old"), target: path("link/cron.d") });
      return genuine(of, { args: { from: path("old"), to: path("link/cron.d"), maxKiBps: 10 } });
    },
    /roots|not allow/i,
  ],
  ["an action that the owner did not allow", () => ({ step: "stop", action: "traffic.stop", args: {} }), /not allow/i],
  ["an action that there is not", () => ({ action: "shell.run", args: { command: "id" } }), /no action|not allow/i],
  [
    "a signed change under a name nobody listed as standing",
    () => ({ step: "list", action: "backup.create", args: backupCreate(), authority: window.authority([]) }),
    /Step list is/,
  ],
  [
    "a measurement outside of the owner's roots",
    () => ({ step: "list", action: "files.manifest", args: { path: "/root" } }),
    /roots|not allow/i,
  ],
  [
    "a request to an address that the owner did not list",
    () => ({ step: "list", action: "http.check", args: { url: "http://169.254.169.254/latest/meta-data" } }),
    /not allow|address/i,
  ],
];

const luksCreate = () => ({
  volume: { name: "wiped", path: path("wiped.img"), mountPoint: path("mnt") },
  sizeBytes: 64 * 2 ** 20,
});
const backupCreate = () => ({
  cluster: { kind: "docker", container: "pg", database: "app", user: "postgres" },
  directory: path("backups"),
  label: "stolen",
  tables: "accounts",
});

describe("the server as the attacker, without an approver's key", () => {
  test.each(ATTACKS)("%s: refused", async (_what, attack, because) => {
    const frame = orderOf(attack());
    const { taskId } = frame.order;
    server.send(frame);
    const refused = () =>
      server.frames.flatMap((one) => (one.type === "taskRefused" && one.taskId === taskId ? [one.failure] : []));
    await server.until(`${taskId} is refused`, () => refused().length > 0 || server.reports.has(taskId));
    expect(server.reports.get(taskId)).toBeUndefined();
    expect(refused()[0]?.message).toMatch(because);
  });

  test("a fact that it had measured of something else moves no argument of a decided step", async () => {
    const elsewhere = await done({ step: "list", action: "files.manifest", args: { path: path("full") } });
    expect(elsewhere).toMatchObject({ outcome: "succeeded", result: { files_count: 30 } });
    const frame = orderOf({ args: { ...copy, maxKiBps: 300 } });
    server.send(frame);
    await server.until("it is refused", () =>
      server.frames.some((one) => one.type === "taskRefused" && one.taskId === frame.order.taskId),
    );
    const refusal = server.frames.find((one) => one.type === "taskRefused" && one.taskId === frame.order.taskId);
    expect(refusal).toMatchObject({
      failure: { code: "notAuthorised", message: expect.stringContaining("maxKiBps is 10") },
    });
  });

  test("nothing was begun but what needs no decision, and every refusal stands in the host's own journal", async () => {
    expect(ATTACKS.length).toBeGreaterThanOrEqual(50);
    const { records } = decodeJournal(readFileSync(join(host.stateDir, "journal", "journal.log")));
    const entries = records.map(({ entry }) => entry);
    const begun = entries.flatMap((entry) => (entry.type === "taskBegun" ? [entry.order.action] : []));
    expect(new Set(begun)).toEqual(new Set(["files.manifest"]));
    expect(readdirSync(host.room).sort()).toEqual(["full", "link", "old"]);
    const refused = new Set(entries.flatMap((entry) => (entry.type === "taskRefused" ? [entry.taskId] : [])));
    const told = server.frames.flatMap((one) => (one.type === "taskRefused" ? [one.taskId] : []));
    expect(told.length).toBeGreaterThanOrEqual(ATTACKS.length);
    for (const taskId of told) expect(refused.has(taskId)).toBe(true);
  });

  test("and what people did decide is still carried out", async () => {
    expect(await done({})).toMatchObject({ outcome: "succeeded", result: { files_target: 1 } });
    expect(readFileSync(path("new/data"), "utf8")).toBe("the database");
  });
});
