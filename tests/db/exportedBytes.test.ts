import { hash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import type { RunExport } from "../../domain/chain/exportFile.ts";
import { writeExport } from "../../domain/chain/exportFile.ts";
import { statementText } from "../../domain/decision/digests.ts";
import { UserId } from "../../domain/ids.ts";
import { GENESIS_HASH, linkText } from "../../domain/run/chain.ts";
import type { LoggedEvent, RunEvent } from "../../domain/run/events.ts";
import type { Placed } from "../../domain/run/evolve.ts";
import { createSoftwarePasskey } from "../../scripts/demo/softwarePasskey.ts";
import { verifyBytes } from "../../server/cli/verify.ts";
import { relyingPartyOf } from "../../server/db/runExport.ts";
import { SampleRun, sha256 } from "../support/sampleRun.ts";

const SITE = { rpId: "localhost", origin: "http://localhost:3000" };
const anna = createSoftwarePasskey(SITE);
const folder = mkdtempSync(join(tmpdir(), "slackwater-verify-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A decision made on a head, signed for real. */
function signedOn(event: Extract<RunEvent, { type: "decisionSigned" }>, chainHead: LoggedEvent["hash"]): RunEvent {
  const statement = { ...event.decision.statement, chainHead };
  const { response } = anna.assert(hash("sha256", statementText(statement), "base64url"));
  const { clientDataJSON, authenticatorData, signature } = response;
  const { credentialId, publicKey } = anna;
  const signed = { kind: "passkey", credentialId, publicKey, clientDataJSON, authenticatorData, signature } as const;
  return { ...event, decision: { statement, signature: { ...signed, software: true } } };
}

/** A run with real signatures, exported; with so many notes in it. */
function exported(notes: number): RunExport {
  const run = new SampleRun().start();
  run.succeed("prepare");
  for (let note = 0; note < notes; note += 1) run.order({ order: "writeNote", text: `Grüße ${note}, alles läuft.` });
  let prevHash = GENESIS_HASH;
  const { runId } = run.state;
  const events = run.log.map(({ seq, at, event }: Placed) => {
    const placed = event.type === "decisionSigned" ? signedOn(event, prevHash) : event;
    const linked = sha256(linkText({ runId, seq, at, prevHash }, canonicalJson(placed)));
    const logged = { seq, at, event: placed, prevHash, hash: linked };
    prevHash = linked;
    return logged;
  });
  return {
    header: {
      format: "slackwater-run/1",
      runId,
      exportedAt: run.now,
      relyingParty: { rpId: SITE.rpId, origins: [SITE.origin] },
      people: [{ userId: UserId.parse("anna"), publicKeys: [anna.publicKey] }],
      runbook: run.plan.text,
    },
    events,
  };
}

const bytesOf = (run: RunExport): Uint8Array => new TextEncoder().encode(writeExport(run, sha256));
const alone = { anchors: [], approvers: [] };
const small = exported(1);

test("a run that was signed for real is accepted, and it is said that only the file vouches for the keys", async () => {
  const { exitCode, lines } = await verifyBytes(bytesOf(small), alone);
  expect([exitCode, lines[0]]).toEqual([0, expect.stringMatching(/^accepted: run /)]);
  expect(lines.join("\n")).toContain("only this file says");
});

test("a run in which the host name was moved is accepted under each of its names, and under no other", async () => {
  const under = (relyingParty: RunExport["header"]["relyingParty"]) =>
    verifyBytes(bytesOf({ ...small, header: { ...small.header, relyingParty } }), alone);
  const origins = [SITE.origin];
  expect((await under({ rpId: "new.example.org", otherRpIds: [SITE.rpId], origins })).exitCode).toBe(0);
  expect((await under({ rpId: "new.example.org", origins })).exitCode).toBe(1);
});

test("each byte of an export counts: whichever is changed, to whatever, it is rejected", async () => {
  const bytes = bytesOf(small);
  for (let place = 0; place < bytes.length; place += 1) {
    const [by] = fc.sample(fc.integer({ min: 1, max: 255 }), { numRuns: 1, seed: place });
    const changed = bytes.with(place, (bytes[place] ?? 0) ^ (by ?? 1));
    const { exitCode, lines } = await verifyBytes(changed, alone);
    expect([place, by, exitCode, lines[0]]).toEqual([place, by, 1, expect.stringMatching(/^rejected: /)]);
  }
}, 60_000);

test("so it is in a run of thousands of events", async () => {
  const bytes = bytesOf(exported(5_000));
  expect(bytes.length).toBeGreaterThan(1_000_000);
  expect(await verifyBytes(bytes, alone)).toMatchObject({ exitCode: 0 });
  const place = fc.integer({ min: 0, max: bytes.length - 1 });
  await fc.assert(
    fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const { exitCode } = await verifyBytes(bytes.with(at, (bytes[at] ?? 0) ^ by), alone);
      expect(exitCode).toBe(1);
    }),
    { numRuns: 150 },
  );
}, 60_000);

test("keys that a host's owner pinned are the ones a GO must be signed with", async () => {
  const bytes = bytesOf(small);
  const pins = (name: string, change: object): string => {
    const { credentialId, publicKey } = anna;
    const approver = { user: "anna", credentialId, publicKey, rpId: SITE.rpId, origins: [SITE.origin], ...change };
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, JSON.stringify({ actions: ["files.*"], approvers: [approver] }));
    return file;
  };
  const own = pins("own", {});
  const { exitCode, lines } = await verifyBytes(bytes, { anchors: [], approvers: [own] });
  expect([exitCode, lines.join("\n")]).toEqual([0, expect.stringContaining(`pinned in ${own}`)]);
  expect(lines.join("\n")).not.toContain("only this file says");
  const others = [
    pins("ben", { user: "ben" }),
    pins("otherKey", { publicKey: createSoftwarePasskey(SITE).publicKey }),
    pins("otherSite", { rpId: "example.org" }),
    pins("otherOrigin", { origins: ["https://slackwater.example.org"] }),
  ];
  for (const file of others) {
    const said = await verifyBytes(bytes, { anchors: [], approvers: [file] });
    expect([file, said.exitCode, said.lines]).toEqual([file, 1, [expect.stringContaining("none of the given files")]]);
  }
  expect(await verifyBytes(bytes, { anchors: [], approvers: [...others, own] })).toMatchObject({ exitCode: 0 });
});

test("a runbook that this version can't read is said, not a crash", async () => {
  const text = "slackwater: 9\n";
  const [created, ...rest] = small.events;
  if (created?.event.type !== "runCreated") throw new Error("a run begins with runCreated");
  const event = { ...created.event, runbookDigest: sha256(text) };
  const link = { runId: small.header.runId, seq: 1, at: created.at, prevHash: GENESIS_HASH };
  const alien = { ...created, event, hash: sha256(linkText(link, canonicalJson(event))) };
  expect(rest.length).toBeGreaterThan(0);
  const run = { header: { ...small.header, runbook: text }, events: [alien] };
  const { exitCode, lines } = await verifyBytes(bytesOf(run), alone);
  expect([exitCode, lines]).toEqual([1, [expect.stringContaining("can't be read by this version")]]);
});

const signedOnPage = (rpId: string, origin: string) => {
  const { response } = createSoftwarePasskey({ rpId, origin }).assert("a-challenge");
  return { decision: { signature: { kind: "passkey", ...response } } } as const;
};

test("an export names the host name and page that its decisions were signed under", () => {
  expect(relyingPartyOf([signedOnPage("localhost", "http://localhost:3000")], [])).toEqual({
    rpId: "localhost",
    origins: ["http://localhost:3000"],
  });
  expect(relyingPartyOf([], ["localhost"])).toBeUndefined();
});

test("of a run in which the host name was moved it names both, also where an old passkey signed on a new page", () => {
  const [old, moved] = ["old.example.org", "new.example.org"];
  const names = ["unused.example.org", old, moved];
  const decisions = [
    signedOnPage(old, `https://${old}`),
    signedOnPage(old, `https://${moved}`),
    signedOnPage(moved, `https://${moved}`),
  ];
  expect(relyingPartyOf(decisions, names)).toEqual({
    rpId: old,
    otherRpIds: [moved],
    origins: [`https://${old}`, `https://${moved}`],
  });
  expect(relyingPartyOf([signedOnPage(old, `https://${moved}`)], names)).toEqual({
    rpId: old,
    origins: [`https://${moved}`],
  });
});
