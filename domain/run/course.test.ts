import { describe, expect, test } from "vitest";
import {
  ANNA,
  BEN,
  compileSample,
  copied,
  HOST,
  OPERATOR,
  person,
  SAMPLE,
  SampleRun,
  WINDOW_END,
} from "../../tests/support/sampleRun.ts";
import { GO_GATE } from "../gate/goGate.ts";
import { HostId, StepId } from "../ids.ts";
import { Instant } from "../time.ts";

const step = (id: string) => StepId.parse(id);

describe("a run that goes well", () => {
  test("goes through every kind of step by itself and ends completed, asking people only where the runbook does", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.succeed("copy");
    expect(run.state.steps[step("counted")]?.stage).toBe("done");
    expect(run.state.steps[step("try-it")]?.stage).toBe("waiting");
    run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
    expect(run.state.gates).toMatchObject({ keep: { stage: "asking" } });
    run.decide(ANNA, "GO", "keep");
    expect(run.state.steps[step("say-so")]?.stage).toBe("done");
    expect(run.state.steps[step("soak")]?.stage).toBe("waiting");
    run.pass(9 * 60_000);
    expect(run.state.steps[step("soak")]?.stage).toBe("waiting");
    run.pass(60_000);
    expect(run.state.steps[step("soak")]?.stage).toBe("done");
    run.succeed("look", { files_count: 10 });
    expect(run.state).toMatchObject({ stage: "ended", outcome: "completed" });
  });

  test("a fact that a task brings is kept with its source, from the result's own figures", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.succeed("copy", copied(12, 12));
    expect(run.state.facts).toMatchObject({
      "copy.files_count": { value: 12, measuredAt: run.now, source: { kind: "task", taskId: run.taskOf("copy") } },
    });
  });

  test("an announcement that is due at the start is due once", () => {
    const run = new SampleRun().start();
    run.pass(1000);
    expect(run.state.announced.filter(({ announcementId }) => announcementId === "begun")).toHaveLength(1);
  });

  test("a completed run is signed off once, and afterwards nothing but its record grows", () => {
    const run = toTheSoak();
    run.pass(10 * 60_000);
    run.succeed("look", { files_count: 10 });
    const signOff = { order: "signCompletion", allVerified: true, inProduction: true, issues: "" } as const;
    expect(run.order(signOff).accepted).toBe(true);
    expect(run.order(signOff)).toMatchObject({ accepted: false, because: "alreadyOrdered" });
    expect(run.order({ order: "hold", reason: "" })).toMatchObject({ accepted: false, because: "wrongStage" });
    expect(run.order({ order: "writeNote", text: "All is well." }).accepted).toBe(true);
    expect(run.state.stage).toBe("ended");
  });
});

function toTheSoak(): SampleRun {
  const run = new SampleRun().start();
  run.succeed("prepare");
  run.succeed("copy");
  run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
  run.decide(ANNA, "GO", "keep");
  return run;
}

describe("announcements", () => {
  test("one that a step announces is due with that step and not by the clock as well", () => {
    const announcements = SAMPLE.announcements.map((each) =>
      each.id === "finished" ? { ...each, at: { on: "started" } } : each,
    );
    const run = new SampleRun(compileSample({ ...SAMPLE, announcements })).start();
    expect(run.state.announced.map(({ announcementId }) => announcementId)).toEqual(["notice", "begun"]);
  });
});

describe("starting", () => {
  test("nobody starts before the window begins or after it ended", () => {
    const run = new SampleRun().approve();
    run.now = Instant.parse(run.now - 1);
    expect(run.order({ order: "start" })).toMatchObject({ accepted: false, because: "outsideWindow" });
    run.now = WINDOW_END;
    expect(run.order({ order: "start" })).toMatchObject({ accepted: false, because: "outsideWindow" });
    expect(run.state.stage).toBe("ready");
  });

  test("the second of two people who start is told that it was done, and nothing happens twice", () => {
    const run = new SampleRun().start();
    const before = run.state.seq;
    expect(run.order({ order: "start" }, person("other", ["admin"]))).toMatchObject({ because: "alreadyOrdered" });
    expect(run.typesSince(before)).toEqual(["orderRefused"]);
  });

  test("an approver whose GO is needed can't start the run as well", () => {
    const run = new SampleRun().approve();
    const both = { ...ANNA, roles: new Set(["operator", "approver"] as const) };
    expect(run.order({ order: "start" }, both)).toMatchObject({ because: "ownRequest" });
  });

  test("whoever starts the run never decides at its later gates", () => {
    const run = new SampleRun().approve();
    const starter = person("starter", ["operator", "approver"], ["approvers"]);
    run.order({ order: "start" }, starter);
    run.succeed("prepare");
    run.succeed("copy");
    run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
    expect(run.decide(starter, "GO", "keep")).toMatchObject({ because: "ownRequest" });
  });

  test("a passphrase that was not sealed keeps the run from starting, and is named", () => {
    const secrets = {
      volume: { title: "Passphrase of the volume", host: "db", holder: "holders", keep: "In the safe." },
    };
    const [host, people] = SAMPLE.checklist;
    const seal = { id: "seal", title: "Seal it", seal: "volume" };
    const plan = compileSample({
      ...SAMPLE,
      secrets,
      checklist: [host, { ...people, items: [...people.items, seal] }],
    });
    const run = new SampleRun(plan).prepare();
    expect(run.order({ order: "askApproval" })).toMatchObject({ because: "checklistOpen", detail: "Seal it" });
    const order = { order: "recordSecret", secret: "volume", place: "safe", recipient: "age1x" } as const;
    expect(run.order(order)).toMatchObject({ because: "notAllowed" });
    expect(run.order(order, person("carla", ["support"], ["holders"])).accepted).toBe(true);
    expect(run.order({ order: "askApproval" }).accepted).toBe(true);
  });
});

describe("holding", () => {
  test("what runs goes on to its end, nothing new begins, and resuming goes on at exactly the same place", () => {
    const run = new SampleRun().start();
    run.order({ order: "hold", reason: "A question." });
    run.succeed("prepare");
    expect(run.state.steps[step("prepare")]?.stage).toBe("done");
    run.pass(60_000);
    expect(run.state.steps[step("copy")]).toBeUndefined();
    run.order({ order: "resume" });
    expect(run.state.steps[step("copy")]).toMatchObject({ stage: "running", attempt: 1 });
  });

  test("a hold that comes when a wait is just over is obeyed before the next step", () => {
    const run = toTheSoak();
    run.now = Instant.parse(run.now + 11 * 60_000);
    run.order({ order: "hold", reason: "" });
    expect(run.state.steps[step("look")]).toBeUndefined();
    run.pass(60_000);
    expect(run.state.steps[step("look")]).toBeUndefined();
    run.order({ order: "resume" });
    expect(run.state.steps[step("look")]?.stage).toBe("running");
  });

  test("a decision signed while the run is held counts when it goes on", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.succeed("copy");
    run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
    run.order({ order: "hold", reason: "" });
    expect(run.decide(ANNA, "GO", "keep").accepted).toBe(true);
    expect(run.state.steps[step("say-so")]).toBeUndefined();
    run.order({ order: "resume" });
    expect(run.state.steps[step("say-so")]?.stage).toBe("done");
  });

  test("a rebooted host holds the run; a host of another run does not", () => {
    const run = new SampleRun().start();
    const other = HostId.parse("00000000-0000-4000-8000-000000000000");
    run.report({ report: "hostRebooted", hostId: other, detail: "" });
    expect(run.state.stage).toBe("running");
    run.report({ report: "hostRebooted", hostId: HOST, detail: "It was rebooted." });
    expect(run.state.hold).toMatchObject({ cause: "hostRebooted", detail: "It was rebooted." });
  });

  test("crossing the point of no return holds and asks, once", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    // Window end − 20 min of rollback − 10 min of margin.
    run.now = Instant.parse(WINDOW_END - 30 * 60_000 - 1);
    run.pass(0);
    expect(run.state.stage).toBe("running");
    run.pass(1);
    expect(run.state.hold?.cause).toBe("pointOfNoReturn");
    run.order({ order: "resume" });
    run.pass(60_000);
    expect(run.state.stage).toBe("running");
  });
});

describe("going on", () => {
  test("past a hold that came after what the person had seen is refused with its reason", () => {
    const run = new SampleRun().start();
    run.order({ order: "hold", reason: "A lamp blinks." });
    const sawSeq = run.state.seq;
    run.order({ order: "resume" }, { ...OPERATOR, sawSeq });
    run.order({ order: "hold", reason: "The room is on fire." });
    const refused = { because: "heldAnew", detail: "The room is on fire." };
    expect(run.order({ order: "resume" }, { ...OPERATOR, sawSeq })).toMatchObject(refused);
    expect(run.order({ order: "resume" }, { ...OPERATOR, sawSeq: run.state.seq }).accepted).toBe(true);
    run.fail("prepare");
    expect(run.order({ order: "retry", stepId: step("prepare") }, { ...OPERATOR, sawSeq })).toMatchObject({
      because: "heldAnew",
    });
  });
});

describe("abandoning", () => {
  test("a running run is held first, and nothing may still act on a host", () => {
    const run = new SampleRun().start();
    const abandon = { order: "abandon", reason: "Not tonight." } as const;
    expect(run.order(abandon)).toMatchObject({ because: "wrongStage" });
    run.order({ order: "hold", reason: "" });
    expect(run.order(abandon)).toMatchObject({ because: "stepRunning" });
    run.order({ order: "cancelTask", stepId: step("prepare"), reason: "" });
    run.cancelled("prepare");
    expect(run.order(abandon).accepted).toBe(true);
    expect(run.state).toMatchObject({ stage: "ended", outcome: "abandoned", endReason: "Not tonight." });
  });

  test("what is still being measured is cancelled, and its late report is kept and leads to nothing", () => {
    const run = new SampleRun();
    run.order({ order: "measure", itemIds: [step("measure-host")] });
    run.order({ order: "abandon", reason: "No." });
    expect(run.log.at(-2)?.event.type).toBe("taskCancelOrdered");
    run.succeed("measure-host", { cores: 4, aes: true });
    expect(run.log.at(-1)?.event.type).toBe("taskEnded");
    expect(run.state.facts).toEqual({});
    expect(run.state.stage).toBe("ended");
  });

  test("nothing is left to decide or to take back at a gate that was open and never used", () => {
    const run = new SampleRun().approve();
    run.order({ order: "abandon", reason: "Not tonight." });
    expect(run.state.gates).toMatchObject({ go: { stage: "closed" } });
    expect(run.order({ order: "takeBack", gateId: GO_GATE, reason: "No." }, ANNA)).toMatchObject({
      because: "notAsked",
    });
    expect(run.decide(BEN)).toMatchObject({ because: "notAsked" });
  });
});

describe("who may", () => {
  test("a viewer orders nothing, and the attempt is on record", () => {
    const run = new SampleRun().start();
    const viewer = person("vera", ["viewer"]);
    expect(run.order({ order: "hold", reason: "" }, viewer)).toMatchObject({ accepted: false, because: "notAllowed" });
    expect(run.log.at(-1)?.event).toMatchObject({ type: "orderRefused", order: "hold", by: viewer.userId });
    expect(run.state.stage).toBe("running");
  });

  test("an operator does not decide at a gate", () => {
    const run = new SampleRun().askApproval();
    expect(run.decide(OPERATOR)).toMatchObject({ because: "notAllowed" });
  });
});
