import { expect, test } from "vitest";
import { ANNA, compileSample, copied, SAMPLE, SampleRun, sha256 } from "../../tests/support/sampleRun.ts";
import { StepId } from "../ids.ts";
import type { LoggedEvent } from "../run/events.ts";
import { evidenceIndex } from "./evidenceIndex.ts";
import { numbersText, standingText, stepEvidenceText } from "./evidenceText.ts";

const SOME = sha256("some output");
const [move, accept] = SAMPLE.phases;
const withControls = (step: string, controls: readonly string[]) => ({
  ...SAMPLE,
  phases: [move, accept].map((phase) => ({
    ...phase,
    steps: phase?.steps.map((one) => (one.id === step ? { ...one, controls } : one)),
  })),
});

/** The sample, whose steps `prepare` and `keep` name controls, and here `copy` too; its GO is signed and it has started. */
const started = () => new SampleRun(compileSample(withControls("copy", ["GDPR Art. 32", "SOC2-03"]))).start();

function indexOf(run: SampleRun) {
  const log = run.log.map((placed): LoggedEvent => ({ ...placed, prevHash: SOME, hash: SOME }));
  const { controls } = evidenceIndex(run.plan, run.state, log);
  return (control: string) => {
    const found = controls.find((one) => one.control === control);
    if (found === undefined) throw new Error(`no control ${control}`);
    return found;
  };
}

/** Ends the task of a step as a host does that has written something. */
function written(run: SampleRun, step: string): void {
  const report = { startedAt: run.now, endedAt: run.now, outputBytes: 12_345, outputSha256: SOME };
  run.report({ report: "taskAccepted", taskId: run.taskOf(step) });
  run.report({
    ...{ report: "taskEnded", taskId: run.taskOf(step), facts: [] },
    ended: { outcome: "succeeded", result: copied(), ...report },
  });
}

test("a control is shown by what its steps did, by the decision that they stand behind, and by nothing else", () => {
  const run = started();
  const decided = run.log.find(({ event }) => event.type === "decisionSigned")?.seq;
  run.succeed("prepare");
  written(run, "copy");
  const [step, ...more] = indexOf(run)("GDPR Art. 32").steps;
  expect(more).toEqual([]);
  const own = run.log.filter(({ event }) => JSON.stringify(event).includes(`"${run.taskOf("copy")}"`));
  const ended = run.log.find(({ event }) => event.type === "taskEnded" && event.taskId === run.taskOf("copy"))?.seq;
  expect(step).toMatchObject({ stepId: "copy", stage: "done", decisions: [{ seq: decided, gateId: "go" }] });
  expect(step?.facts).toEqual([{ name: "copy.files_count", seq: expect.any(Number) }]);
  expect(step?.outputs).toEqual([{ seq: ended, bytes: 12_345, sha256: SOME }]);
  // Each event of the step's task stands in it, but for what it measured, which stands among the facts.
  const named = [...(step?.events ?? []), ...(step?.facts.map(({ seq }) => seq) ?? [])];
  for (const { seq } of own) expect(named).toContain(seq);
  for (const seq of step?.events ?? []) {
    const event = run.log.find((placed) => placed.seq === seq)?.event;
    expect(JSON.stringify(event)).toMatch(new RegExp(`"copy"|"${run.taskOf("copy")}"`));
  }
  const text = step && stepEvidenceText(step);
  expect(text).toContain(`output of event ${ended}: 12,345 bytes, SHA-256 ${SOME}`);
  expect(text).toMatch(/^done; events .*; decided by event \d+; measured copy\.files_count \(event \d+\); output/);
});

test("a control none of whose steps was done is said to be shown by nothing, and one half done is said to be so", () => {
  const run = started();
  run.succeed("prepare");
  const of = indexOf(run);
  expect(of("SOC2-06")).toMatchObject({ standing: "none", steps: [{ stage: "planned", events: [], outputs: [] }] });
  expect(standingText(of("SOC2-06"))).toBe("nothing shows it");
  expect(stepEvidenceText(of("SOC2-06").steps[0]!)).toBe("not carried out");
  expect(standingText(of("SOC2-03"))).toBe("shown by 1 of its 3 steps");
});

test("a step that failed or was skipped shows nothing", () => {
  const run = started();
  run.fail("prepare");
  expect(indexOf(run)("SOC2-03").standing).toBe("none");
  run.order({ order: "skip", stepId: StepId.parse("prepare"), reason: "It was there." });
  expect(indexOf(run)("SOC2-03")).toMatchObject({ standing: "none", steps: [{ stage: "skipped" }, {}, {}] });
});

test("after a rollback nothing is said to be shown that need not stand any more", () => {
  const run = started();
  run.succeed("prepare");
  run.fail("copy");
  run.order({ order: "rollBack", reason: "Enough." });
  expect(run.state.rollback).toBeDefined();
  expect(indexOf(run)("SOC2-03").standing).toBe("rolledBack");
  expect(standingText(indexOf(run)("SOC2-03"))).toContain("until the run went back");
});

test("a gate is shown by the decisions at it", () => {
  const run = new SampleRun().start();
  for (const step of ["prepare", "copy"]) run.succeed(step);
  run.order({ order: "confirmManual", stepId: StepId.parse("try-it"), fields: { works: true } });
  run.decide(ANNA, "GO", "keep");
  const [step] = indexOf(run)("SOC2-06").steps;
  expect(step).toMatchObject({ stepId: "keep", stage: "done", decisions: [{ gateId: "keep" }] });
  expect(step?.events).toContain(step?.decisions[0]?.seq);
});

test("numbers that follow each other are said as a range", () => {
  expect(numbersText([3, 5, 6, 7, 9])).toBe("3, 5 to 7, 9");
});
