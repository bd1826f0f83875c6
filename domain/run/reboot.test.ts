import { describe, expect, test } from "vitest";
import { compileSample, copied, HOST, person, SAMPLE, SampleRun } from "../../tests/support/sampleRun.ts";
import { EXAMPLE_VOLUME } from "../action/volumeTarget.ts";
import { StepId } from "../ids.ts";
import { compileRunbook } from "../runbook/compile.ts";

const step = (id: string) => StepId.parse(id);
const HOLDER = person("hana", ["operator"], ["holders"]);
const SECRETS = {
  operational: { title: "Operational passphrase", host: "db", holder: "holders", keep: "In the safe." },
};

const OPENED = { encrypted: "luks2", is_mounted: true, mount_point: "/mnt/pgdata", has_marker: true, was_open: false };
const open = (afterReboot: unknown) => ({
  id: "open",
  title: "Open the volume",
  lasts: "1m",
  task: { action: "luks.open", host: "db", with: { volume: EXAMPLE_VOLUME } },
  onFailure: "rollback",
  undo: "nothing",
  ...(afterReboot === undefined ? {} : { afterReboot }),
});

/** The sample, with a volume that is opened before the directory is copied onto it. */
function withVolume(afterReboot: unknown = { againUntil: "try-it" }) {
  const [move, accept] = SAMPLE.phases;
  const [prepare, copy, counted] = move.steps;
  const keys = { id: "keys", title: "Keys", items: [{ id: "seal", title: "Seal it", seal: "operational" }] };
  const checklist = [...SAMPLE.checklist, keys];
  return {
    ...SAMPLE,
    checklist,
    secrets: SECRETS,
    phases: [{ ...move, steps: [prepare, open(afterReboot), copy, counted] }, accept],
  };
}

function sealed(run: SampleRun): SampleRun {
  run.order({ order: "recordSecret", secret: "operational", place: "The safe", recipient: "age1" }, HOLDER);
  return run;
}

/** Started, with the volume open: the copy runs. */
function copying(afterReboot?: unknown): SampleRun {
  const run = sealed(new SampleRun(compileSample(withVolume(afterReboot)))).start();
  run.succeed("prepare");
  run.succeed("open", OPENED);
  expect(run.state.steps[step("copy")]?.stage).toBe("running");
  return run;
}

const reboot = (run: SampleRun) => run.report({ report: "hostRebooted", hostId: HOST, detail: "It was rebooted." });
const stages = (run: SampleRun) =>
  Object.fromEntries(["prepare", "open", "copy"].map((id) => [id, run.state.steps[step(id)]?.stage]));

describe("a host that was started anew in the middle of a run", () => {
  test("has undone what it held open: that comes first when the run goes on, then what was broken off", () => {
    const run = copying();
    reboot(run);
    run.unknown("copy");
    expect(run.state.hold).toMatchObject({ cause: "hostRebooted", detail: "It was rebooted." });
    expect(stages(run)).toEqual({ prepare: "done", open: "undone", copy: "unknown" });
    sealed(run);
    expect(run.order({ order: "resume" }).accepted).toBe(true);
    expect(stages(run)).toEqual({ prepare: "done", open: "running", copy: "unknown" });
    expect(run.log.findLast(({ event }) => event.type === "taskOrdered")?.event).toMatchObject({
      stepId: "open",
      inspectFirst: true,
    });
    run.succeed("open", OPENED);
    expect(run.state.hold).toMatchObject({ cause: "stepUnknown", stepId: "copy" });
    run.order({ order: "inspectAgain", stepId: step("copy") });
    run.succeed("copy", copied());
    expect(stages(run)).toEqual({ prepare: "done", open: "done", copy: "done" });
  });

  test("takes the key with it: nobody resumes or retries before the passphrase is sealed again, and nothing rolls back for want of it", () => {
    const run = copying();
    reboot(run);
    run.unknown("copy");
    expect(run.state.secrets).toEqual({});
    expect(run.state.unsealed).toEqual({ operational: { holder: "hana", place: "The safe" } });
    for (const order of ["retry", "inspectAgain"] as const) {
      expect(run.order({ order, stepId: step("copy") })).toMatchObject({
        accepted: false,
        because: "secretMissing",
        detail: "Operational passphrase",
      });
    }
    expect(run.order({ order: "resume" })).toMatchObject({ accepted: false, because: "secretMissing" });
    expect(run.state.stage).toBe("held");
    sealed(run);
    expect(run.state.unsealed).toEqual({});
    expect(run.order({ order: "resume" }).accepted).toBe(true);
  });

  test("nor by skipping the step that it was held at, unless that step alone needed it", () => {
    const run = copying();
    run.unknown("copy");
    run.order({ order: "inspectAgain", stepId: step("copy") });
    run.succeed("copy");
    run.order({ order: "hold", reason: "" });
    reboot(run);
    expect(run.order({ order: "resume" })).toMatchObject({ accepted: false, because: "secretMissing" });
    const failed = sealed(new SampleRun(compileSample(withVolume()))).start();
    failed.fail("prepare");
    reboot(failed);
    const skipPrepare = { order: "skip", stepId: step("prepare"), reason: "By hand." } as const;
    expect(failed.order(skipPrepare)).toMatchObject({ accepted: false, because: "secretMissing" });
    expect(failed.state.stage).toBe("held");
    const opening = sealed(new SampleRun(compileSample(withVolume()))).start();
    opening.succeed("prepare");
    opening.unknown("open");
    reboot(opening);
    expect(opening.order({ order: "skip", stepId: step("open"), reason: "By hand." }).accepted).toBe(true);
  });

  test("can be rolled back without any passphrase", () => {
    const run = copying();
    reboot(run);
    run.unknown("copy");
    expect(run.order({ order: "rollBack", reason: "" }).accepted).toBe(true);
    expect(run.state.stage).toBe("rollingBack");
  });

  test("an answer to the step that was broken off lets what was undone go first, and asks about that step again", () => {
    const run = sealed(copying());
    reboot(run);
    run.unknown("copy");
    sealed(run);
    expect(run.order({ order: "inspectAgain", stepId: step("copy") }).accepted).toBe(true);
    expect(stages(run)).toMatchObject({ open: "running", copy: "unknown" });
    run.succeed("open", OPENED);
    expect(run.state.hold).toMatchObject({ cause: "stepUnknown", stepId: "copy" });
  });

  test("is written down also where the run was held already, or not begun", () => {
    const held = copying();
    held.succeed("copy");
    held.order({ order: "hold", reason: "Lunch." });
    reboot(held);
    expect(held.state.hold?.cause).toBe("ordered");
    expect(stages(held)).toMatchObject({ open: "undone" });
    const planned = sealed(new SampleRun(compileSample(withVolume())));
    reboot(planned);
    expect(planned.state.secrets).toEqual({});
    expect(planned.typesSince(1)).toEqual(["secretSealed", "hostRebooted"]);
  });

  test("undoes nothing that is not needed any more", () => {
    const run = copying();
    run.succeed("copy");
    run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
    reboot(run);
    expect(run.state.hold?.cause).toBe("hostRebooted");
    expect(stages(run)).toMatchObject({ open: "done" });
    expect(run.order({ order: "resume" }).accepted).toBe(true);
    const always = copying("again");
    always.succeed("copy");
    always.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
    reboot(always);
    expect(stages(always)).toMatchObject({ open: "undone" });
  });

  test("in the middle of the way back undoes what was started there, and needs no passphrase", () => {
    const runbook = withVolume();
    const [back, tell] = runbook.rollback.steps;
    const last = { ...back, id: "look-back", title: "Look" };
    const steps = [{ ...back, afterReboot: "again" }, last, tell];
    const run = sealed(new SampleRun(compileSample({ ...runbook, rollback: { ...runbook.rollback, steps } }))).start();
    run.succeed("prepare");
    run.succeed("open", OPENED);
    run.succeed("copy");
    run.order({ order: "rollBack", reason: "" });
    run.succeed("copy-back");
    reboot(run);
    run.unknown("look-back");
    expect(run.state.hold).toMatchObject({ cause: "hostRebooted", during: "rollback" });
    run.order({ order: "resume" });
    expect(run.state.steps[step("copy-back")]).toMatchObject({ stage: "running", attempt: 2 });
    run.succeed("copy-back");
    run.order({ order: "inspectAgain", stepId: step("look-back") });
    run.succeed("look-back");
    run.order({ order: "confirmManual", stepId: step("tell-team"), fields: {} });
    expect(run.state.outcome).toBe("rolledBack");
  });

  test("undoes it as often as it happens", () => {
    const run = copying();
    for (const attempt of [2, 3]) {
      reboot(run);
      sealed(run);
      run.order({ order: "resume" });
      run.succeed("open", OPENED);
      expect(run.state.steps[step("open")]).toMatchObject({ stage: "done", attempt });
    }
  });
});

test("a runbook that names no later step, or would destroy again by itself, is refused at its place", () => {
  const problems = (runbook: object) => {
    const compilation = compileRunbook(JSON.stringify(runbook), (text) => text as never);
    const errors = compilation.ok ? [] : compilation.problems.filter(({ severity }) => severity === "error");
    return errors.map(({ at, message }) => `${at}: ${message}`);
  };
  const at = "phases[0].steps[1].afterReboot";
  expect(problems(withVolume({ againUntil: "prepare" }))).toEqual([
    `${at}.againUntil: "prepare" does not come after this step.`,
  ]);
  expect(problems(withVolume({ againUntil: "nowhere" }))).toEqual([
    expect.stringContaining(`${at}.againUntil: there is no step "nowhere".`),
  ]);
  const [move, accept] = SAMPLE.phases;
  const make = { id: "make", title: "Make it", lasts: "1m", undo: "nothing", afterReboot: "again" };
  const destroys = { action: "luks.create", host: "db", with: { volume: EXAMPLE_VOLUME, sizeBytes: 2 ** 30 } };
  const [first] = problems({ ...SAMPLE, phases: [{ ...move, steps: [{ ...make, task: destroys }] }, accept] }).filter(
    (problem) => problem.includes("afterReboot"),
  );
  expect(first).toContain("destroys, so it is never carried out again by itself");
});
