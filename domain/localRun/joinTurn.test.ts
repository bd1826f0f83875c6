import { describe, expect, test } from "vitest";
import { HostTurns, hostKey, JOIN_CHECKS, Record } from "../../tests/support/hostTurns.ts";
import { copied, HOST, OPERATOR, SampleRun, sha256 } from "../../tests/support/sampleRun.ts";
import { verifyAuthority } from "../chain/verifyAuthority.ts";
import { verifyLocalRuns } from "../chain/verifyLocalRuns.ts";
import { SshPublicKey } from "../decision/sshKey.ts";
import { GO_GATE } from "../gate/goGate.ts";
import { HostId, StepId } from "../ids.ts";
import { decide } from "../run/decide.ts";
import { gateOf } from "../run/stepOf.ts";
import { Instant } from "../time.ts";
import type { LocalActor, LocalInput } from "./localTurn.ts";
import { inputOf } from "./localTurn.ts";

const key = hostKey();
/** Of the right form only: who gives a decision to the run has checked it. */
const KEY = SshPublicKey.parse(`ssh-ed25519 ${"AAAAC3NzaC1lZDI1NTE5AAAAI"}${"A".repeat(43)}`);
const ARMOUR = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----";
const operator: LocalActor = { userId: OPERATOR.userId, role: "operator", groups: [] };

/** A started run whose host was made with `key`, and whose first task is ordered. */
const started = () => new SampleRun(undefined, undefined, undefined, key.fingerprint).start();

function ended(host: HostTurns, step: string): LocalInput {
  const taskId = host.state.steps[StepId.parse(step)]?.taskId;
  if (taskId === undefined) throw new Error(`${step} has no task`);
  const times = { startedAt: host.now, endedAt: host.now, outputBytes: 0 };
  return { kind: "taskEnded", taskId, ended: { outcome: "succeeded", result: copied(), ...times } };
}

describe("what a host did by itself", () => {
  test("joins turn by turn, once, and the record that comes of it is verified with the host's signatures", () => {
    const run = started();
    const host = new HostTurns(run, key);
    host.take(ended(host, "prepare"));
    host.take(ended(host, "copy"));
    host.giveBack();
    const record = new Record(run);
    for (const turn of host.turns) expect(record.join(turn)).toMatchObject({ kind: "joins" });
    for (const turn of host.turns) expect(record.join(turn)).toEqual({ kind: "known" });
    expect(record.state).toEqual(host.state);
    expect(verifyAuthority(run.plan, record.log)).toEqual([]);
    expect(verifyLocalRuns(record.log, JOIN_CHECKS)).toMatchObject({
      ok: true,
      parts: [{ hostId: HOST, by: "operator", fromSeq: run.state.seq, setAside: 0, isClosed: true }],
    });
  });

  test("counts where the server went on without it, and what the server wrote meanwhile stands there for nothing", () => {
    const run = started();
    const host = new HostTurns(run, key);
    host.take(ended(host, "prepare"));
    host.giveBack();
    run.order({ order: "hold", reason: "It is gone." });
    run.order({ order: "writeNote", text: "We ring the data centre." });
    const record = new Record(run);
    for (const turn of host.turns) expect(record.join(turn)).toMatchObject({ kind: "joins" });
    expect(record.state).toMatchObject({ stage: "running", notes: [{ text: "We ring the data centre." }] });
    expect(record.state.steps).toEqual(host.state.steps);
    expect(verifyLocalRuns(record.log, JOIN_CHECKS)).toMatchObject({
      ok: true,
      parts: [{ setAside: 2, isClosed: true }],
    });
    expect(verifyAuthority(run.plan, record.log)).toEqual([]);
  });

  test.each<[string, (run: SampleRun) => void, RegExp]>([
    ["the run was ended", (run) => run.order({ order: "abandon", reason: "No." }), /was ended meanwhile/],
  ])("is refused where %s meanwhile", (_what, meanwhile, because) => {
    const run = new SampleRun(undefined, undefined, undefined, key.fingerprint).approve();
    const host = new HostTurns(run, key);
    meanwhile(run);
    expect(new Record(run).join(host.turns[0]!)).toMatchObject({
      kind: "refused",
      because: expect.stringMatching(because),
    });
  });

  test("is refused with another host's key, from another log, with a clock that can't be, and with a hole in it", () => {
    const run = started();
    const host = new HostTurns(run, key);
    host.take(ended(host, "prepare"));
    const [first, second] = host.turns as [HostTurns["turns"][0], HostTurns["turns"][0]];
    const refused = (turn: typeof first, record = new Record(run)) => record.join(turn);
    expect(refused(new HostTurns(run, hostKey()).turns[0]!)).toMatchObject({
      because: /a key that this run does not know/,
    });
    const elsewhere =
      first.input.kind === "takeOver" ? { ...first.input.takeOver, from: { seq: 3, hash: sha256("x") } } : undefined;
    expect(refused({ ...first, input: { kind: "takeOver", takeOver: elsewhere! } })).toMatchObject({
      because: /is not ours/,
    });
    expect(refused({ ...first, at: Instant.parse(first.at - 3_600_000) })).toMatchObject({
      because: /can't be: a clock/,
    });
    expect(refused({ ...first, signature: second.signature })).toMatchObject({ because: /signature does not hold/ });
    expect(refused(second)).toMatchObject({ because: /was not taken over/ });
    const record = new Record(run);
    record.join(first);
    expect(record.join({ ...second, before: 7 })).toMatchObject({ because: /before is missing: 1 events/ });
    expect(record.join(second, { hostId: HostId.parse("00000000-0000-4000-8000-000000000009") })).toMatchObject({
      because: /Another host carries this run on/,
    });
    expect(record.join({ ...second, digest: first.digest, signature: first.signature })).toMatchObject({
      because: /Decided again it comes out otherwise/,
    });
  });

  test("never holds what needs a person's own device, another host's task, or a taking over for somebody else", () => {
    const { state } = started();
    const ofOther = HostId.parse("00000000-0000-4000-8000-000000000009");
    const waive: LocalInput = {
      kind: "order",
      order: { order: "waive", criterionId: "x", reason: "y" },
      actor: operator,
    };
    expect(inputOf(waive, state, HOST)).toBeUndefined();
    const [signed] = gateOf(state, GO_GATE).decisions;
    const { decision } = signed!;
    const approver: LocalActor = { userId: decision.statement.approver, role: "approver", groups: [] };
    const bySsh = { ...decision, signature: { kind: "ssh" as const, publicKey: KEY, signature: ARMOUR } };
    const given = (of: typeof decision, actor = approver) =>
      inputOf({ kind: "decision", decision: of, actor }, state, HOST);
    expect(given(bySsh)).toMatchObject({ order: { order: "decide" }, actor: { signatureValid: true } });
    expect(given(decision)).toBeUndefined();
    expect(given(bySsh, operator)).toBeUndefined();
    const taskId = Object.values(state.tasks).at(-1)!.taskId;
    expect(inputOf({ kind: "taskAccepted", taskId }, state, HOST)).toBeDefined();
    expect(inputOf({ kind: "taskAccepted", taskId }, state, ofOther)).toBeUndefined();
    expect(
      inputOf({ kind: "giveBack", giveBack: { hostId: HOST, by: operator.userId, signature: "" } }, state, ofOther),
    ).toBeUndefined();
  });
});

describe("while a host carries a run on", () => {
  test("the server decides nothing: orders are refused, reports and time make no event", () => {
    const run = started();
    const { state, now } = new HostTurns(run, key);
    const order = decide(run.plan, state, { order: { order: "hold", reason: "" }, actor: OPERATOR }, now);
    expect(order).toMatchObject({ accepted: false, because: "takenOver", events: [] });
    expect(decide(run.plan, state, { report: { report: "wake" } }, Instant.parse(now + 1e9)).events).toEqual([]);
  });

  test("a step of another host is not begun: the run is held in front of it, and going back is still possible", () => {
    const run = started();
    const host = new HostTurns(run, key);
    const other = HostId.parse("00000000-0000-4000-8000-000000000009");
    const hosts = Object.fromEntries(
      Object.entries(host.state.hosts).map(([role, one]) => [role, { ...one, hostId: other }]),
    );
    host.take(ended(host, "prepare"));
    const after = decide(
      run.plan,
      { ...host.state, hosts, tasks: {}, steps: {} },
      { report: { report: "wake" } },
      host.now,
      HOST,
    );
    expect(after.events).toMatchObject([{ type: "runHeld", cause: "otherHost" }]);
  });

  test("a run without a GO, one that is over, and one that a host has already, are not taken over", () => {
    const asked = new SampleRun(undefined, undefined, undefined, key.fingerprint).askApproval();
    expect(new HostTurns(asked, key).state.takenOver).toBeUndefined();
    const host = new HostTurns(started(), key);
    const taken = host.state.takenOver;
    host.take(host.turns[0]!.input);
    expect(host.state.takenOver).toEqual(taken);
  });
});
