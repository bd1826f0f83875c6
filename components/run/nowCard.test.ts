import { describe, expect, test } from "vitest";
import { StepId } from "../../domain/ids.ts";
import { carriedOn } from "../../tests/support/hostTurns.ts";
import { readerFor, viewOf } from "../../tests/support/runView.ts";
import { ANNA, compileSample, copied, SampleRun } from "../../tests/support/sampleRun.ts";
import { SAMPLE } from "../../tests/support/sampleRunbook.ts";
import type { NowCard } from "./cards/model.ts";
import { nowCard } from "./nowCard.ts";

const step = (id: string) => StepId.parse(id);

function cardOf(run: SampleRun, userId = "operator", role: "operator" | "approver" | "viewer" = "operator"): NowCard {
  const view = viewOf(run);
  return nowCard(view, { userId, may: readerFor(view, role, userId).may }, run.now);
}
const labels = (card: NowCard) => card.answers.map(({ label }) => label);
const filled = (card: NowCard) => card.answers.filter((answer) => answer.filled).map(({ label }) => label);

describe("before a run starts", () => {
  test("the card says what will be here, and how much is prepared", () => {
    const card = cardOf(new SampleRun());
    expect(card).toMatchObject({ word: "Preparing", title: "No step runs yet" });
    expect(card.sentence).toContain("0 of 4 items are prepared, 0 GO are signed.");
    expect(labels(card)).toEqual(["Go on preparing"]);
  });

  test("a run that is ready can be started inside its window, and says before it when it opens", () => {
    const run = new SampleRun().approve();
    expect(cardOf(run).answers).toMatchObject([{ label: "Start the run", filled: true, because: undefined }]);
    const early = viewOf(run);
    const card = nowCard(early, { userId: "operator", may: readerFor(early, "operator").may }, early.startsAt - 1);
    expect(card.answers[0]?.because).toMatch(/^The window opens at \d\d:\d\d\.$/);
  });

  test("whoever may not start is told which role does", () => {
    const [start] = cardOf(new SampleRun().approve(), "vera", "viewer").answers;
    expect(start?.because).toContain("operator");
  });

  test("after a NO-GO it says who signed it, what comes of it and what to do, until it is asked again", () => {
    const run = new SampleRun().prepare();
    run.order({ order: "askApproval" });
    run.decide(ANNA, "NO-GO");
    const card = cardOf(run);
    expect(card).toMatchObject({ word: "Preparing", title: "NO-GO was signed", sentence: undefined });
    expect(card.say?.what).toMatch(/^Anna signed NO-GO at \d\d:\d\d\./);
    expect(card.say?.todo).toBe("Talk to Anna, then ask again, or abandon this run and plan a new window.");
    expect(labels(card)).toEqual(["Go on preparing"]);
    run.order({ order: "askApproval" });
    expect(cardOf(run).title).toBe("No step runs yet");
  });

  test("a question that nobody answered in time says so", () => {
    const run = new SampleRun(compileSample({ ...SAMPLE, approval: { ...SAMPLE.approval, expires: "12h" } })).prepare();
    run.order({ order: "askApproval" });
    run.pass(13 * 3_600_000);
    expect(cardOf(run).title).toBe("Nobody decided in time");
  });
});

test("a run that a host carries on says who can be called, and asks nothing here", () => {
  const card = cardOf(carriedOn());
  expect(card.say?.what).toMatch(/^db-1 carries this run on by itself since \d\d:\d\d: Oren took it over there\.$/);
  expect(card.say?.todo).toMatch(/^Call Oren\./);
  expect(card.answers).toEqual([]);
});

describe("while it runs", () => {
  test("a running task shows how far it is and asks for nothing; cancelling it is there, unfilled", () => {
    const card = cardOf(new SampleRun().start());
    expect(card).toMatchObject({ word: "Running", showsProgress: true, say: undefined });
    expect(labels(card)).toEqual(["Cancel the task"]);
    expect(filled(card)).toEqual([]);
  });

  test("a manual step asks for its fields and says who answers", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.succeed("copy");
    const card = cardOf(run);
    expect(card).toMatchObject({ title: "Try it", asksFields: true });
    expect(card.say?.what).toBe("Open the page and look whether it works.");
  });

  test("a gate names who can decide; only for one of them is reading and deciding the filled answer", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.succeed("copy");
    run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
    const forOperator = cardOf(run);
    expect(forOperator).toMatchObject({ word: "Waiting at gate", title: "Gate: Keep the new side" });
    expect(forOperator.say?.todo).toBe("Anna and Ben can decide.");
    expect(filled(forOperator)).toEqual([]);
    const forAnna = cardOf(run, "anna", "approver");
    expect(forAnna.word).toBe("Waiting for you");
    expect(filled(forAnna)).toEqual(["Read and decide"]);
  });
});

describe("when something is wrong", () => {
  test("a failed step says what happened, where the data is and what to do, and retrying is the one filled answer", () => {
    const run = new SampleRun().start();
    run.fail("prepare");
    const card = cardOf(run);
    expect(card).toMatchObject({ word: "Held, failed", title: "Prepare the target" });
    expect(card.say?.what).toBe("It ended with 23.");
    expect(card.say?.data).not.toBe("");
    expect(card.say?.todo).not.toBe("");
    expect(filled(card)).toEqual(["Retry step 1"]);
    expect(labels(card)).toContain("I fixed it by hand, inspect again");
  });

  test("what nobody knows the end of is inspected, never blindly retried", () => {
    const run = new SampleRun().start();
    run.unknown("prepare");
    const card = cardOf(run);
    expect(card.word).toBe("Unknown");
    expect(filled(card)).toEqual(["Inspect step 1 again"]);
    expect(labels(card).some((label) => label.startsWith("Retry"))).toBe(false);
  });

  test("a step that the runbook lets nobody skip offers no skipping", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.fail("copy");
    run.pass(60_000);
    run.fail("copy");
    const view = viewOf(run);
    const copy = view.steps.find(({ id }) => id === "copy");
    expect(copy?.skippable).toBe(false);
    expect(labels(cardOf(run)).some((label) => label.startsWith("Skip step 2"))).toBe(false);
  });

  test("a held run says who held it, that the task goes on, and leaves the orders to the rail", () => {
    const run = new SampleRun().start();
    run.order({ order: "hold", reason: "Disk alarm." });
    const card = cardOf(run);
    expect(card.word).toBe("Held");
    expect(card.say?.what).toBe("Held by Oren: Disk alarm. Prepare the target goes on to its end.");
    expect(card.answers).toEqual([]);
  });

  test("a record that was put back says so before anything else, and a step of unknown end can be inspected from there", () => {
    const run = new SampleRun().start();
    const [task] = Object.values(run.state.tasks).filter(({ stepId }) => stepId === step("prepare"));
    run.report({ report: "taskAccepted", taskId: task!.taskId });
    run.report({ report: "runRestored", takenAt: run.now });
    expect(cardOf(run)).toMatchObject({ title: "This record is older than what was done" });
    run.unknown("prepare");
    const card = cardOf(run);
    expect(card).toMatchObject({ title: "This record is older than what was done" });
    expect(card.say?.what).toMatch(/put back from a backup of .* not known here/);
    expect(labels(card)).toContain("Inspect step 1 again");
    run.order({ order: "inspectAgain", stepId: step("prepare") });
    expect(cardOf(run).title).not.toBe(card.title);
  });

  test("an ordered rollback says what is being ended first, and that a hold calls it off", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.order({ order: "rollBack", reason: "" });
    const card = cardOf(run);
    expect(card.title).toBe("A rollback is ordered");
    expect(card.say?.what).toBe("Oren ordered it. Copy the directory is being ended on db-1 first.");
    expect(card.say?.todo).toContain("Hold calls it off");
  });

  test("while it rolls back, the missing reason is asked for, and nothing else is filled", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.order({ order: "rollBack", reason: "" });
    run.cancelled("copy");
    const card = cardOf(run);
    expect(card).toMatchObject({ word: "Rolling back", title: "Put the directory back" });
    expect(card.step?.place).toEqual({ nth: 1, of: 1 });
    expect(filled(card)).toEqual(["Give the reason"]);
  });

  test("a rollback that began by itself has said why, and asks nobody", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.succeed("copy", copied(0, 0));
    const card = cardOf(run);
    expect(card.word).toBe("Rolling back");
    expect(filled(card)).toEqual([]);
  });
});

describe("at the end", () => {
  test("a completed run counts what passed and asks for the sign-off until it is given", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.succeed("copy");
    run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
    run.decide(ANNA, "GO", "keep");
    run.pass(10 * 60_000);
    run.succeed("look", { files_count: 10 });
    const card = cardOf(run);
    expect(card.word).toBe("Done");
    expect(card.say?.what).toMatch(/^6 of 6 steps, 3 gates, \d+ verifications passed\.$/);
    expect(filled(card)).toEqual(["Sign the completion"]);
    run.order({ order: "signCompletion", allVerified: true, inProduction: true, issues: "" });
    const signed = cardOf(run);
    expect(signed.say?.todo).toBe("Completion signed by Oren.");
    expect(labels(signed)).toEqual(["Report"]);
  });

  test("every state that is shown has words, and at most one filled answer", () => {
    const failed = new SampleRun().start();
    failed.fail("prepare");
    const held = new SampleRun().start();
    held.order({ order: "hold", reason: "" });
    const abandoned = new SampleRun();
    abandoned.order({ order: "abandon", reason: "Not this year." });
    for (const run of [new SampleRun(), new SampleRun().approve(), new SampleRun().start(), failed, held, abandoned]) {
      const card = cardOf(run);
      expect(card.title).not.toBe("");
      expect(filled(card).length).toBeLessThanOrEqual(1);
    }
  });
});
