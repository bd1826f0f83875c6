import { expect, test } from "vitest";
import { SampleRun, sha256, WINDOW_END } from "../../tests/support/sampleRun.ts";
import { canonicalJson } from "../canonicalJson.ts";
import { Digest, RunId } from "../ids.ts";
import { GENESIS_HASH, linkText } from "../run/chain.ts";
import type { LoggedEvent, RunEvent } from "../run/events.ts";
import type { Placed } from "../run/evolve.ts";
import { Instant } from "../time.ts";
import type { RunExport } from "./exportFile.ts";
import { writeExport } from "./exportFile.ts";
import { verifyAuthority } from "./verifyAuthority.ts";
import { verifyExport } from "./verifyExport.ts";

/** A log with its chain, as the server would have written it; decisions name the head they were made on. */
function chained(log: readonly Placed[], runId: RunId): LoggedEvent[] {
  let prevHash = GENESIS_HASH;
  return log.map(({ seq, at, event }) => {
    const placed: RunEvent =
      event.type === "decisionSigned"
        ? { ...event, decision: { ...event.decision, statement: { ...event.decision.statement, chainHead: prevHash } } }
        : event;
    const hash = sha256(linkText({ runId, seq, at, prevHash }, canonicalJson(placed)));
    const logged = { seq, at, event: placed, prevHash, hash };
    prevHash = hash;
    return logged;
  });
}

function exported(change: (log: readonly Placed[]) => readonly Placed[] = (log) => log): RunExport {
  const run = new SampleRun().start();
  run.succeed("prepare");
  run.order({ order: "writeNote", text: "Grüße, alles läuft." });
  return {
    header: {
      format: "slackwater-run/1",
      runId: run.state.runId,
      exportedAt: run.now,
      relyingParty: { rpId: "localhost", origins: ["http://localhost:3000"] },
      people: [{ userId: "anna" as never, publicKeys: ["AA"] }],
      runbook: run.plan.text,
    },
    events: chained(change(run.log), run.state.runId),
  };
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test("an exported run is accepted, and says how far signatures of people anchor it", () => {
  const run = exported();
  const verified = verifyExport(bytesOf(writeExport(run, sha256)), sha256);
  expect(verified).toMatchObject({ ok: true, state: { stage: "running" } });
  if (!verified.ok) return;
  expect(verified.run).toEqual(run);
  const signed = run.events.find(({ event }) => event.type === "decisionSigned");
  expect(verified.decisions).toMatchObject([{ by: "anna", seq: signed?.seq, anchors: (signed?.seq ?? 0) - 1 }]);
  expect(verified.anchoredTo).toBe((signed?.seq ?? 0) - 1);
});

test("any one changed byte is found, wherever it stands", () => {
  const bytes = bytesOf(writeExport(exported(), sha256));
  expect(bytes.length).toBeGreaterThan(10_000);
  // Every byte of the ends, and each 7th between (a prime step meets every kind of place).
  for (let at = 0; at < bytes.length; at += at < 600 || at > bytes.length - 600 ? 1 : 7) {
    const changed = Uint8Array.from(bytes);
    const bit = 1 << (at % 8);
    changed[at] = (changed[at] ?? 0) ^ bit;
    expect([at, verifyExport(changed, sha256).ok]).toEqual([at, false]);
  }
});

test("a missing end, a missing byte and an added one are found", () => {
  const bytes = bytesOf(writeExport(exported(), sha256));
  const added = (at: number, byte: number) => new Uint8Array([...bytes.subarray(0, at), byte, ...bytes.subarray(at)]);
  for (const changed of [
    bytes.subarray(0, -1),
    bytes.subarray(1),
    added(bytes.length, 10),
    added(0, 0xef),
    new Uint8Array(),
  ]) {
    expect(verifyExport(changed, sha256).ok).toBe(false);
  }
});

test("somebody who writes the digest of the file anew is found by the chain", () => {
  const run = exported();
  const changes: readonly [string, (events: readonly LoggedEvent[]) => readonly LoggedEvent[], string][] = [
    ["removed", (events) => events.toSpliced(3, 1), "event 4"],
    ["exchanged", (events) => events.with(3, events[4] as LoggedEvent).with(4, events[3] as LoggedEvent), "event 4"],
    ["moved in time", (events) => events.with(3, { ...(events[3] as LoggedEvent), at: 5 as never }), "event 4"],
    [
      "hung elsewhere",
      (events) => events.with(3, { ...(events[3] as LoggedEvent), prevHash: GENESIS_HASH }),
      "event 4",
    ],
  ];
  for (const [what, change, where] of changes) {
    const text = writeExport({ ...run, events: change(run.events) }, sha256);
    expect([what, verifyExport(bytesOf(text), sha256)]).toMatchObject([what, { ok: false, where }]);
  }
});

test("a chain that was computed anew over events that can't follow each other is found", () => {
  const run = exported((log) =>
    log.filter(({ event }) => event.type !== "gateAsked").map((placed, index) => ({ ...placed, seq: index + 1 })),
  );
  expect(verifyExport(bytesOf(writeExport(run, sha256)), sha256)).toMatchObject({ ok: false });
});

test("a chain that was computed anew no longer holds the heads that people signed", () => {
  const run = exported();
  const log = run.events.map(({ seq, at, event }) => ({ seq, at, event }));
  const note = log.findIndex(({ event }) => event.type === "itemConfirmed");
  const changed = log.with(note, { ...(log[note] as Placed), at: 5 as never });
  let prevHash = GENESIS_HASH;
  const events = changed.map(({ seq, at, event }) => {
    const hash = sha256(linkText({ runId: run.header.runId, seq, at, prevHash }, canonicalJson(event)));
    const logged = { seq, at, event, prevHash, hash };
    prevHash = hash;
    return logged;
  });
  expect(verifyExport(bytesOf(writeExport({ ...run, events }, sha256)), sha256)).toMatchObject({
    ok: false,
    problem: "the decision names a head that does not stand before it",
  });
});

test("another runbook than the one that was run is found", () => {
  const run = exported();
  const header = { ...run.header, runbook: `${run.header.runbook}\n` };
  expect(verifyExport(bytesOf(writeExport({ ...run, header }, sha256)), sha256)).toMatchObject({
    ok: false,
    problem: "the runbook is not the one that was run",
  });
  const other = { ...run.header, runId: RunId.parse("00000000-0000-4000-8000-000000000000") };
  expect(verifyExport(bytesOf(writeExport({ ...run, header: other }, sha256)), sha256).ok).toBe(false);
  expect(Digest.safeParse(run.events[0]?.hash).success).toBe(true);
});

test("what was done without authority is found in a log whose chain is whole", () => {
  const run = new SampleRun().start();
  const authority = (log: readonly Placed[]) =>
    verifyAuthority(run.plan, chained(log, run.state.runId)).map(({ problem }) => problem);
  expect(authority(run.log)).toEqual([]);
  const changed = (type: RunEvent["type"], changes: object) =>
    run.log.map((placed) =>
      placed.event.type === type ? { ...placed, event: { ...placed.event, ...changes } as RunEvent } : placed,
    );
  expect(authority(changed("decisionSigned", { by: "owner" }))).toEqual([
    "a requester decided",
    "opened without its quorum",
  ]);
  expect(authority(changed("decisionSigned", { groups: [] }))).toEqual(["opened without its quorum"]);
  expect(authority(changed("gateOpened", { how: "criteria" }))).toEqual(["people decide at this gate"]);
  expect(authority(changed("runCreated", { windowEndsAt: run.now }))).toContain("started outside of the window");
  expect(authority(changed("runCreated", { parameters: {} }))).toEqual(["a GO over something else: parameter from"]);
  const late = Instant.parse(WINDOW_END + 1);
  const decided = run.log.findIndex(({ event }) => event.type === "decisionSigned");
  expect(authority(run.log.with(decided, { ...(run.log[decided] as Placed), at: late }))).toContain(
    `decided after ${new Date(WINDOW_END).toISOString()}, when its time was over`,
  );
  expect(authority(changed("taskOrdered", { action: "luks.create" }))).toContain(
    "the runbook says files.copy, not luks.create",
  );
  expect(authority(changed("taskOrdered", { hostId: run.state.windowId }))).toContain(
    "a task for another host than the window binds",
  );
  run.succeed("prepare");
  const began = run.log.findIndex(({ event }) => event.type === "stepBegan" && event.stepId === "copy");
  const passedBy = { type: "stepSkipped", stepId: "copy", section: "forward", kind: "task", reason: "Not now." };
  expect(authority(run.log.slice(0, began).concat({ ...run.log[began], event: passedBy } as Placed))).toEqual([
    "a step passed by without a person, although its condition does not say so",
  ]);
});
