import { describe, expect, test } from "vitest";
import { compileSample, SAMPLE, SampleRun } from "../../tests/support/sampleRun.ts";
import type { FactName } from "../fact/fact.ts";
import { StepId } from "../ids.ts";
import { Instant } from "../time.ts";
import { openProbeWatch } from "./probeWatch.ts";

const step = (id: string) => StepId.parse(id);

function sample(run: SampleRun, consecutiveFailures: number, value = 5): void {
  const ok = consecutiveFailures === 0;
  const of = { at: run.now, ok, value, consecutiveFailures, detail: "" };
  run.report({ report: "probeSampled", probeId: "app", sample: of });
}

const later = (run: SampleRun, ms: number): void => {
  run.now = Instant.parse(run.now + ms);
};

/** The sample run at its last gate: the trigger that rolls back is armed. */
function armed(): SampleRun {
  const run = new SampleRun().start();
  run.succeed("prepare");
  run.succeed("copy");
  run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
  return run;
}

describe("a trigger", () => {
  test("that holds for shorter than its time is pending and calms again", () => {
    const run = armed();
    sample(run, 3);
    expect(run.state.triggers).toMatchObject({ "app-down": { stage: "pending", since: run.now } });
    later(run, 9000);
    sample(run, 4);
    expect(run.state.stage).toBe("running");
    sample(run, 0);
    expect(run.state.triggers).toMatchObject({ "app-down": { stage: "quiet" } });
  });

  test("that holds for its time fires once and rolls back", () => {
    const run = armed();
    sample(run, 3);
    later(run, 10_000);
    sample(run, 5);
    expect(run.state).toMatchObject({ stage: "rollingBack", rollback: { cause: "trigger" } });
    expect(run.state.rollback?.detail).toContain("The service does not answer");
    const before = run.state.seq;
    sample(run, 6);
    expect(run.state.seq).toBe(before);
  });

  test("that was pending when the run ended is moved by no late sample", () => {
    const run = armed();
    run.order({ order: "hold", reason: "" });
    sample(run, 3);
    run.order({ order: "abandon", reason: "Not tonight." });
    const before = run.state.seq;
    sample(run, 4);
    expect(run.state.seq).toBe(before);
  });

  test("fires while the run is held too: with everybody asleep the old side comes back", () => {
    const run = armed();
    run.order({ order: "hold", reason: "" });
    sample(run, 3);
    later(run, 10_000);
    sample(run, 5);
    expect(run.state.stage).toBe("rollingBack");
  });

  test("is deaf before the step that arms it is over", () => {
    const run = new SampleRun().start();
    sample(run, 30, 500);
    expect(run.state.triggers).toEqual({});
    run.succeed("prepare");
    sample(run, 30, 500);
    expect(run.state.hold).toMatchObject({ cause: "trigger" });
    expect(run.state.triggers).toMatchObject({ "app-slow": { stage: "fired" } });
    expect(run.state.triggers).not.toHaveProperty("app-down");
  });

  test("of a phase is armed from its first step's beginning until all of its steps are over", () => {
    const [first] = SAMPLE.phases;
    const only = { ...SAMPLE.triggers[0], for: undefined, action: "notify", armed: { during: [first.id] } };
    const run = new SampleRun(compileSample({ ...SAMPLE, triggers: [only] })).approve();
    sample(run, 5);
    expect(run.state.triggers).toEqual({});
    run.order({ order: "start" });
    sample(run, 5);
    expect(run.state.triggers).toMatchObject({ "app-down": { stage: "fired" } });
    sample(run, 0);
    run.succeed("prepare");
    run.succeed("copy");
    const seq = run.state.seq;
    sample(run, 5);
    expect(run.typesSince(seq)).toEqual([]);
  });

  test("that fired can fire again after it calmed", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    sample(run, 0, 500);
    run.order({ order: "resume" });
    sample(run, 0, 500);
    expect(run.state.stage).toBe("running");
    sample(run, 0, 5);
    sample(run, 0, 500);
    expect(run.state.stage).toBe("held");
  });

  test("hears nothing of a probe while what it measures is stopped on purpose", () => {
    const probes = { app: { ...SAMPLE.probes.app, pausedFrom: "copy", pausedUntil: "try-it" } };
    const triggers = SAMPLE.triggers.map((trigger) => ({ ...trigger, armed: {} }));
    const run = new SampleRun(compileSample({ ...SAMPLE, probes, triggers })).start();
    run.succeed("prepare");
    sample(run, 30, 500);
    expect(run.state.triggers).toEqual({});
    run.succeed("copy");
    run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
    sample(run, 0, 500);
    expect(run.state.hold?.cause).toBe("trigger");
  });

  test("over facts is judged as they come in, before the next step begins", () => {
    const triggers = [{ id: "few", title: "Too few", expr: "facts.copy.files_count < 5", action: "hold" }];
    const run = new SampleRun(compileSample({ ...SAMPLE, triggers })).start();
    run.succeed("prepare");
    run.succeed("copy", { files_source: 2, files_target: 2, bytes_source: 5, bytes_target: 5 });
    expect(run.state.hold).toMatchObject({ cause: "trigger" });
    expect(run.state.steps[step("counted")]).toBeUndefined();
    expect(run.state.triggers).toMatchObject({ few: { value: "facts.copy.files_count = 2" } });
  });

  test("that can't be judged neither fires nor calms", () => {
    const triggers = [{ id: "rows", title: "Rows", expr: "facts.new.rows_count > 5", action: "notify" }];
    const facts = { ...SAMPLE.facts, "new.rows_count": { type: "count", title: "Rows", freshFor: "10s" } };
    const run = new SampleRun(compileSample({ ...SAMPLE, triggers, facts })).start();
    const source = { kind: "person", userId: run.state.requesters[0] ?? ("x" as never), reason: "" } as const;
    const staleAt = Instant.parse(run.now + 10_000);
    const fact = { name: "new.rows_count" as FactName, value: 9, measuredAt: run.now, staleAt, source };
    run.report({ report: "factsMeasured", facts: [fact] });
    expect(run.state.triggers).toMatchObject({ rows: { stage: "fired" } });
    run.pass(20_000);
    expect(run.state.triggers).toMatchObject({ rows: { stage: "fired" } });
    expect(run.state.stage).toBe("running");
  });
});

describe("a watch that is taken up", () => {
  const read = (at: Instant, ok: boolean) => ({ probeId: "app", at, reading: { at, ok, detail: "" } });

  test("counts on where the one before was, and silence from its own beginning", () => {
    const run = armed();
    const at = (ms: number) => Instant.parse(run.now + ms);
    const earlier = [read(at(0), true), read(at(5_000), false), read(at(10_000), false)];
    const watch = openProbeWatch(run.plan, run.state, earlier, at(600_000));
    expect(watch.missed(run.state, at(606_000))).toEqual([]);
    expect(watch.heard(read(at(607_000), false))?.sample.consecutiveFailures).toBe(3);
    expect(watch.missed(run.state, at(625_000))).toEqual([{ report: "probeMissed", probeId: "app", missed: 3 }]);
    expect(watch.missed(run.state, at(626_000))).toEqual([]);
  });

  test("leaves out what was read before a planned stop", () => {
    const probes = { app: { ...SAMPLE.probes.app, pausedFrom: "prepare", pausedUntil: "copy" } };
    const run = new SampleRun(compileSample({ ...SAMPLE, probes, triggers: [] })).start();
    const before = read(run.now, false);
    later(run, 60_000);
    run.succeed("prepare");
    run.succeed("copy");
    const watch = openProbeWatch(run.plan, run.state, [before], run.now);
    expect(watch.heard(read(run.now, false))?.sample.consecutiveFailures).toBe(1);
  });
});
