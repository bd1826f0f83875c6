import { describe, expect, test } from "vitest";
import { StepId } from "../../domain/ids.ts";
import { compiled, expressions, runbook, useGoodDay } from "../../tests/support/goodDay.ts";

const { facts, scope, judge } = useGoodDay();

describe("the way back", () => {
  const stepsFor = (...began: string[]): string[] => {
    const at = scope({ began: new Set(began.map((id) => StepId.parse(id))) });
    return compiled.rollbackSteps.filter((step) => judge(step.when, at) === "pass").map((step) => step.id);
  };

  test("before PostgreSQL was stopped it only opens the service again", () => {
    expect(stepsFor("announce-start", "stop-writers", "prove-quiet", "count-before", "final-backup")).toEqual([
      "users-back-to-old",
      "check-health-old",
      "check-sync-old",
      "announce-rolled-back",
    ]);
  });

  test("after a failed comparison it starts on the old directory, proven untouched, and never restores a dump", () => {
    const began = ["stop-writers", "create-volume", "stop-postgres", "copy", "reopen", "verify"];
    expect(stepsFor(...began)).toEqual([
      "prove-old-untouched",
      "start-old",
      "count-old",
      "users-back-to-old",
      "check-health-old",
      "check-sync-old",
      "announce-rolled-back",
      "close-volume",
    ]);
    const actions = compiled.rollbackSteps.flatMap((step) => (step.work.kind === "task" ? [step.work.task] : []));
    expect(actions.filter((task) => task.class === "destroy")).toEqual([]);
    expect(actions.map((task) => task.action).filter((action) => action.startsWith("backup."))).toEqual([
      "backup.create",
    ]);
  });

  test("after users returned it lets nobody write any more, saves what they wrote, and only then leaves the new side", () => {
    const all = compiled.steps.map((step) => step.id);
    expect(stepsFor(...all).slice(0, 3)).toEqual(["close-new", "save-new-side", "stop-new"]);
    expect(stepsFor(...all)).toHaveLength(compiled.rollbackSteps.length);
  });

  test("until users return nothing is lost; from then on it is counted, or not known", () => {
    const loses = runbook.rollback.loses?.expr ?? "";
    const params = { switch_file: "/run/maintenance" };
    const open = StepId.parse("open-database");
    const back = StepId.parse("users-back");
    expect(expressions.value(loses, scope({ began: new Set([open]) }, params))).toBe(0);
    expect(expressions.value(loses, scope({ began: new Set([open, back]) }, params))).toBeUndefined();
    // What was counted before users were let back says nothing of what they wrote.
    Object.assign(facts, { "written.before_count": 100, "written.open_count": 100 });
    expect(expressions.value(loses, scope({ began: new Set([open, back]) }, params))).toBeUndefined();
    expect(expressions.value(loses, scope({ began: new Set([open]) }))).toBe(0);
    Object.assign(facts, { "written.now_count": 314, "written.open_count": 314 });
    expect(expressions.value(loses, scope({ began: new Set([open, back]) }, params))).toBe(214);
    expect(expressions.value(loses, scope({ began: new Set([open]) }))).toBe(214);
  });
});
