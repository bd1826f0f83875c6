import { describe, expect, test } from "vitest";
import {
  ANNA,
  BEN,
  compileSample,
  SAMPLE,
  SampleRun,
  WINDOW_END,
  WINDOW_START,
} from "../../tests/support/sampleRun.ts";
import { StepId } from "../ids.ts";
import { Instant } from "../time.ts";
import { GO_GATE } from "./goGate.ts";

const step = (id: string) => StepId.parse(id);

describe("the life of a decision", () => {
  test("taken back before the start, the gate asks again", () => {
    const run = new SampleRun().askApproval();
    run.decide(ANNA);
    const takeBack = { order: "takeBack", gateId: GO_GATE, reason: "I was wrong." } as const;
    expect(run.order(takeBack, BEN)).toMatchObject({ because: "notAsked" });
    expect(run.order(takeBack, ANNA).accepted).toBe(true);
    expect(run.state.stage).toBe("deciding");
  });

  test("a stale fact suspends it and keeps the run from starting; measured again with an equal verdict it is valid again", () => {
    const plan = compileSample({
      ...SAMPLE,
      facts: { ...SAMPLE.facts, "host.cores": { type: "count", title: "Cores", freshFor: "1h" } },
    });
    const run = new SampleRun(plan).askApproval();
    run.decide(ANNA);
    run.now = WINDOW_START;
    expect(run.order({ order: "start" })).toMatchObject({ because: "criteriaUnknown" });
    expect(run.state.gates).toMatchObject({ go: { stage: "open", decisions: [{ life: "suspended" }] } });
    expect(run.state.stage).toBe("ready");
    run.order({ order: "measure", itemIds: [step("measure-host")] });
    run.succeed("measure-host", { cores: 8, aes: true });
    expect(run.state.gates).toMatchObject({ go: { decisions: [{ life: "valid" }] } });
    expect(run.order({ order: "start" }).accepted).toBe(true);
  });

  test("a changed verdict voids it, naming both values, and the gate asks again", () => {
    const run = new SampleRun().askApproval();
    run.decide(ANNA);
    run.measured("team.is_ready", false);
    expect(run.log.map(({ event }) => event)).toContainEqual({
      type: "decisionVoided",
      gateId: "go",
      by: "anna",
      what: "The team is ready",
      was: "pass (facts.team.is_ready = true)",
      is: "fail (facts.team.is_ready = false)",
    });
    expect(run.state.stage).toBe("deciding");
  });

  test("what became better since does not void it", () => {
    const run = new SampleRun().prepare();
    run.measured("host.aes", false);
    run.order({ order: "waive", criterionId: "aes", reason: "Accepted." }, ANNA);
    run.order({ order: "askApproval" });
    run.decide(ANNA);
    run.measured("host.aes", true);
    expect(run.state.stage).toBe("ready");
  });

  test("a waiver given after the signature does not cover what fails since: nobody signed that", () => {
    const run = new SampleRun().askApproval();
    run.decide(ANNA);
    run.order({ order: "waive", criterionId: "aes", reason: "Accepted." }, BEN);
    run.measured("host.aes", false);
    expect(run.state.stage).toBe("deciding");
    expect(run.state.gates).toMatchObject({ go: { decisions: [{ life: "void" }] } });
  });

  test("it is spent when the step behind its gate begins; what the move changes itself then voids nothing", () => {
    const run = new SampleRun().start();
    expect(run.state.gates).toMatchObject({ go: { spentOn: "prepare", decisions: [{ life: "spent" }] } });
    run.measured("team.is_ready", false);
    run.measured("host.cores", 0);
    expect(run.state.stage).toBe("running");
    expect(run.order({ order: "takeBack", gateId: GO_GATE, reason: "No." }, ANNA)).toMatchObject({
      because: "notAsked",
    });
  });

  test("what was signed before a NO-GO is void when the gate asks again, so that it counts neither here nor on a host", () => {
    const run = new SampleRun().askApproval();
    run.decide(ANNA);
    run.decide(BEN, "NO-GO");
    run.order({ order: "askApproval" });
    expect(run.state.gates).toMatchObject({
      go: {
        stage: "asking",
        decisions: [
          { by: "anna", life: "void" },
          { by: "ben", life: "void" },
        ],
      },
    });
    run.decide(BEN);
    expect(run.state.stage).toBe("ready");
  });

  test("a GO that was suspended does not come back to life behind its signer's own NO-GO", () => {
    const two = { ...SAMPLE.approval, quorum: { of: ["approvers"], atLeast: 2 } };
    const cores = { type: "count", title: "Cores", freshFor: "1h" };
    const facts = { ...SAMPLE.facts, "host.cores": cores };
    const run = new SampleRun(compileSample({ ...SAMPLE, approval: two, facts })).prepare();
    const measureAgain = () => {
      run.order({ order: "measure", itemIds: [step("measure-host")] });
      run.succeed("measure-host", { cores: 4, aes: true });
    };
    run.order({ order: "askApproval" });
    run.decide(ANNA);
    run.pass(2 * 3_600_000);
    expect(run.state.gates).toMatchObject({ go: { decisions: [{ life: "suspended" }] } });
    run.decide(ANNA, "NO-GO");
    measureAgain();
    run.order({ order: "askApproval" });
    run.decide(BEN);
    expect(run.state.stage).toBe("deciding");
    expect(run.state.gates).toMatchObject({
      go: { decisions: [{ life: "void" }, { life: "void" }, { life: "valid" }] },
    });
  });

  test("at a later gate it can be taken back while the run is held, and the gate asks again", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.succeed("copy");
    run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
    run.order({ order: "hold", reason: "" });
    run.decide(ANNA, "GO", "keep");
    run.order({ order: "takeBack", gateId: "keep" as never, reason: "Wait." }, ANNA);
    run.order({ order: "resume" });
    expect(run.state.steps[step("say-so")]).toBeUndefined();
    expect(run.state.gates).toMatchObject({ keep: { stage: "asking" } });
    run.decide(BEN, "GO", "keep");
    expect(run.state.steps[step("say-so")]?.stage).toBe("done");
  });

  test("a last gate of a run that is late can still be decided, for a quarter of an hour", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.succeed("copy");
    run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
    run.now = Instant.parse(WINDOW_END + 60_000);
    const decided = run.decide(ANNA, "GO", "keep");
    expect(decided.accepted).toBe(true);
    const signed = decided.events.find(({ type }) => type === "decisionSigned");
    expect(signed).toMatchObject({ decision: { statement: { notAfter: WINDOW_END + 16 * 60_000 } } });
  });
});
