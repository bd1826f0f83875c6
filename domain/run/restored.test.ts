import { describe, expect, test } from "vitest";
import { ANNA, copied, HOST, SampleRun, sha256 } from "../../tests/support/sampleRun.ts";
import { StepId } from "../ids.ts";
import { Instant } from "../time.ts";

const step = (id: string) => StepId.parse(id);
const TAKEN_AT = Instant.parse(1_699_990_000_000);
const restored = (run: SampleRun) => run.report({ report: "runRestored", takenAt: TAKEN_AT });
const knowsMore = (run: SampleRun) =>
  run.report({ report: "hostKnowsMore", hostId: HOST, seq: 90, hash: sha256("lost") });

describe("a run whose record was put back from a backup", () => {
  test("is held where it was under way, says since when nothing is known, and begins nothing by itself", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    restored(run);
    expect(run.state.stage).toBe("held");
    expect(run.state.hold).toMatchObject({
      cause: "restored",
      detail: expect.stringContaining("2023-11-14T19:26:40.000Z"),
    });
    run.succeed("copy", copied());
    expect(run.state.stage).toBe("held");
    expect(run.state.steps[step("counted")]).toBeUndefined();
    expect(run.order({ order: "resume" }).accepted).toBe(true);
    expect(run.state.stage).toBe("running");
  });

  test("withdraws an order that no host had accepted, and leaves alone what one had", () => {
    const run = new SampleRun().start();
    const [task] = Object.values(run.state.tasks).filter(({ stepId }) => stepId === step("prepare"));
    expect(task?.stage).toBe("ordered");
    restored(run);
    expect(task && run.state.tasks[task.taskId]?.stage).toBe("cancelOrdered");

    const accepted = new SampleRun().start();
    const [one] = Object.values(accepted.state.tasks).filter(({ stepId }) => stepId === step("prepare"));
    accepted.report({ report: "taskAccepted", taskId: one!.taskId });
    restored(accepted);
    expect(accepted.state.tasks[one!.taskId]?.stage).toBe("accepted");
  });

  test("has a GO that nothing was done on asked for again", () => {
    const run = new SampleRun();
    run.approve();
    expect(run.state.stage).toBe("ready");
    restored(run);
    expect(run.state.stage).toBe("deciding");
    expect(Object.values(run.state.gates)[0]?.decisions).toMatchObject([{ by: ANNA.userId, life: "void" }]);
    expect(run.order({ order: "start" }).accepted).toBe(false);
  });

  test("that was held already is held for this from now on: whoever saw the earlier reason can't go on with it", () => {
    const run = new SampleRun().start();
    run.order({ order: "hold", reason: "Coffee." });
    const sawSeq = run.state.seq;
    restored(run);
    expect(run.state.hold).toMatchObject({ cause: "restored" });
    const late = run.order({ order: "resume" }, { ...ANNA, roles: new Set(["operator"]), sawSeq });
    expect(late).toMatchObject({ accepted: false, because: "heldAnew" });
  });

  test("is held again by a host that has seen more of it, and one that has ended is left alone", () => {
    const run = new SampleRun().start();
    restored(run);
    run.order({ order: "resume" });
    knowsMore(run);
    expect(run.state.hold).toMatchObject({ cause: "restored", detail: expect.stringContaining("up to event 90") });
    run.order({ order: "resume" });
    run.order({ order: "hold", reason: "" });
    const seq = run.state.seq;
    knowsMore(run);
    expect(run.state.hold?.seq).toBe(seq + 1);
    const other = new SampleRun();
    other.order({ order: "abandon", reason: "Not needed." });
    const before = other.log.length;
    restored(other);
    knowsMore(other);
    expect(other.log.length).toBe(before);
  });
});
