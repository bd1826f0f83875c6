import { describe, expect, test } from "vitest";
import { EXAMPLE_VOLUME } from "../../domain/action/volumeTarget.ts";
import { Instant } from "../../domain/time.ts";
import {
  ANNA,
  BEN,
  compileSample,
  HOST,
  OPERATOR,
  OWNER,
  person,
  SAMPLE,
  SampleRun,
  WINDOW_START,
} from "../../tests/support/sampleRun.ts";
import { waitsOf } from "./waits.ts";

const WINDOW = { id: "w", title: "the move", zone: "UTC" };
const kinds = (run: SampleRun, actor: typeof ANNA) =>
  waitsOf({ plan: run.plan, state: run.state, now: run.now, actor, window: WINDOW, nameOf: (id) => id }).map(
    ({ kind }) => kind,
  );

describe("what waits for a person", () => {
  test("the items of a checklist wait for those who may close them, and the GO for whoever may ask", () => {
    const run = new SampleRun();
    expect(kinds(run, OPERATOR)).toEqual(["prepare"]);
    expect(kinds(run, ANNA)).toEqual([]);
    run.prepare();
    expect(kinds(run, OPERATOR)).toEqual(["askApproval"]);
  });

  test("a gate waits for each who may still decide, never for who asked for the window", () => {
    const run = new SampleRun().askApproval();
    expect(kinds(run, ANNA)).toEqual(["decide"]);
    expect(kinds(run, BEN)).toEqual(["decide"]);
    expect(kinds(run, OWNER)).toEqual([]);
    expect(kinds(run, OPERATOR)).toEqual([]);
  });

  test("a silence that needs another signature waits for those who may sign it and have not", () => {
    const approval = { ...SAMPLE.approval, quorum: { of: ["approvers"], atLeast: 2 } };
    const run = new SampleRun(compileSample({ ...SAMPLE, approval })).askApproval();
    run.decide(ANNA);
    run.decide(BEN);
    run.now = WINDOW_START;
    run.order({ order: "start" });
    const until = Instant.parse(run.now + 600_000);
    run.silence(ANNA, "app-slow", { until });
    expect([kinds(run, ANNA), kinds(run, BEN), kinds(run, OWNER)]).toEqual([[], ["silence"], []]);
    run.silence(BEN, "app-slow", { until });
    expect(kinds(run, BEN)).toEqual([]);
  });

  test("a poll of the room waits for the roles of which nobody has answered", () => {
    const run = new SampleRun().prepare();
    run.order({ order: "askPoll", gateId: "go" as never, of: ["approvers", "support"], question: "" });
    expect(kinds(run, ANNA)).toEqual(["poll"]);
    expect(kinds(run, OPERATOR)).toEqual(["askApproval"]);
    run.order({ order: "answerPoll", gateId: "go" as never, role: "approvers", answer: "GO", words: "" }, BEN);
    expect(kinds(run, ANNA)).toEqual([]);
    expect(kinds(run, person("sam", ["support"]))).toEqual(["poll"]);
  });

  test("a run with its GO waits to be started only once its window is open", () => {
    const run = new SampleRun().askApproval();
    run.decide(ANNA);
    expect(kinds(run, ANNA)).toEqual([]);
    expect(kinds(run, OPERATOR)).toEqual([]);
    run.now = WINDOW_START;
    expect(kinds(run, OPERATOR)).toEqual(["start"]);
  });

  test("a passphrase that a restart of its host took away waits for those who hold it, before anything that can't go on without it", () => {
    const hana = person("hana", ["operator"], ["holders"]);
    const open = {
      ...{ id: "open", title: "Open the volume", lasts: "1m", onFailure: "hold", undo: "nothing" },
      task: { action: "luks.open", host: "db", with: { volume: EXAMPLE_VOLUME } },
    };
    const [move, ...rest] = SAMPLE.phases;
    const secrets = {
      operational: { title: "Operational passphrase", host: "db", holder: "holders", keep: "A safe." },
    };
    const keys = { id: "keys", title: "Keys", items: [{ id: "seal", title: "Seal it", seal: "operational" }] };
    const run = new SampleRun(
      compileSample({
        ...SAMPLE,
        secrets,
        checklist: [...SAMPLE.checklist, keys],
        phases: [{ ...move, steps: [...move.steps, open] }, ...rest],
      }),
    );
    run.order({ order: "recordSecret", secret: "operational", place: "The safe.", recipient: "age1" }, hana);
    run.start();
    expect(kinds(run, hana)).toEqual([]);
    run.report({ report: "hostRebooted", hostId: HOST, detail: "It was rebooted." });
    run.unknown("prepare");
    expect(kinds(run, hana)).toEqual(["sealAgain", "held"]);
    expect(kinds(run, OPERATOR)).toEqual(["held"]);
    const [first] = waitsOf({
      plan: run.plan,
      state: run.state,
      now: run.now,
      actor: hana,
      window: WINDOW,
      nameOf: (id) => id,
    });
    expect(first?.detail).toBe(
      "Its host was started anew, and the run can't go on without it. hana holds the words: The safe.",
    );
  });
});
