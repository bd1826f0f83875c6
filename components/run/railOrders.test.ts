import { expect, test } from "vitest";
import { readerFor, viewOf } from "../../tests/support/runView.ts";
import { SampleRun } from "../../tests/support/sampleRun.ts";
import { railOrders } from "./railOrders.ts";

const ordersOf = (run: SampleRun, role: "operator" | "viewer" = "operator", isConnected = true) => {
  const view = viewOf(run);
  return railOrders(view, readerFor(view, role).may, isConnected);
};

test("Hold and Roll back are there in every stage; where one can't be used it says why", () => {
  for (const run of [new SampleRun(), new SampleRun().approve()]) {
    const { hold, rollBack } = ordersOf(run);
    expect(hold.label).toBe("Hold");
    expect(hold.because).not.toBeUndefined();
    expect(rollBack.because).not.toBeUndefined();
  }
});

test("while it runs an operator can hold, and roll back once something began that a rollback undoes", () => {
  const run = new SampleRun().start();
  expect(ordersOf(run).hold.because).toBeUndefined();
  expect(ordersOf(run).rollBack.because).toBe("Nothing has begun that a rollback would undo.");
  run.succeed("prepare");
  run.report({ report: "taskAccepted", taskId: run.taskOf("copy") });
  expect(ordersOf(run).rollBack.because).toBeUndefined();
});

test("Hold becomes Resume in its place while the run is held", () => {
  const run = new SampleRun().start();
  run.order({ order: "hold", reason: "" });
  expect(ordersOf(run).hold).toMatchObject({
    label: "Resume",
    isResume: true,
    order: { order: "resume" },
    because: undefined,
  });
});

test("a failed step is answered in its card: Resume alone would only hold again", () => {
  const run = new SampleRun().start();
  run.fail("prepare");
  expect(ordersOf(run).hold.because).toBe("The failed step is answered first.");
});

test("a page that is not connected gives no orders, and says so", () => {
  const { hold, rollBack } = ordersOf(new SampleRun().start(), "operator", false);
  expect(hold.because).toBe("This page is not connected.");
  expect(rollBack.because).toBe("This page is not connected.");
});

test("whoever only watches is told which role holds", () => {
  expect(ordersOf(new SampleRun().start(), "viewer").hold.because).toContain("operator");
});
