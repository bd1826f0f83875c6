import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { OPERATOR, SampleRun, sha256, WINDOW_END, WINDOW_START } from "../../tests/support/sampleRun.ts";
import { StepId } from "../ids.ts";
import { ANNOUNCEMENT_NAMES } from "../runbook/check/expressions.ts";
import { compileRunbook } from "../runbook/compile.ts";
import { Instant } from "../time.ts";
import type { AnnouncementContext } from "./values.ts";
import { announcementValues, currentStep } from "./values.ts";

const context = (run: SampleRun, more: Partial<AnnouncementContext> = {}): AnnouncementContext => ({
  plan: run.plan,
  window: { title: "Move", service: "Orders", zone: "UTC", startsAt: WINDOW_START, endsAt: WINDOW_END },
  parameters: run.state.parameters,
  run: run.state,
  now: run.now,
  ...more,
});

test("the step that is on is named with its number, and a gate is told in the words of the step before it", () => {
  const text = readFileSync(new URL("../../runbooks/luks-postgres/runbook.yaml", import.meta.url), "utf8");
  const compilation = compileRunbook(text, sha256);
  if (!compilation.ok) throw new Error("the shipped runbook does not compile");
  const { compiled: plan } = compilation;
  const run = new SampleRun(plan, WINDOW_START, {});
  const at = (stage: "running" | "waiting", id: string) => {
    const stepId = StepId.parse(id);
    const step = {
      stepId,
      section: "forward",
      kind: "task",
      stage,
      attempt: 1,
      mayHaveActed: true,
      judgements: [],
    } as const;
    return announcementValues(context(run, { run: { ...run.state, steps: { [stepId]: step } } }));
  };
  expect(at("running", "copy").get("step.for_users")?.value).toBe("Your data is being copied onto the encrypted disk.");
  expect(at("running", "copy").get("step.number")?.value).toBe(plan.steps.find((step) => step.id === "copy")?.index);
  expect(at("running", "copy").get("step.count")?.value).toBe(
    plan.steps.filter((step) => step.index !== undefined).length,
  );
  expect(at("waiting", "users-gate").get("step.for_users")?.value).toBe(
    "We are testing everything before you come back.",
  );
  expect(at("waiting", "users-gate").get("step.number")?.value).toBe(
    plan.steps.find((step) => step.id === "scan-service")?.index,
  );
});

test("before the run nothing is said about it, and a forecast is a value like any other, with its source", () => {
  const run = new SampleRun();
  const values = announcementValues(context(run));
  expect(currentStep(run.plan, run.state)).toBeUndefined();
  expect(values.has("run.started_at")).toBe(false);
  expect(values.has("run.expected_end_at")).toBe(false);
  const expected = announcementValues(context(run, { expectedEndAt: Instant.parse(WINDOW_END - 1000) }));
  expect(expected.get("run.expected_end_at")).toEqual({ value: WINDOW_END - 1000, source: "forecast", at: run.now });
});

test("a fact that has got stale keeps its value and its moment: what was measured is told with its age", () => {
  const run = new SampleRun().prepare();
  const values = announcementValues(context(run, { now: Instant.parse(WINDOW_END + 365 * 86_400_000) }));
  const cores = values.get("facts.host.cores");
  expect(cores).toMatchObject({ value: 4, source: "measured by a task" });
  expect(cores?.at).toBe(run.state.facts["host.cores"]?.measuredAt);
  expect(values.get("facts.team.is_ready")).toMatchObject({ value: true, source: "confirmed by a person" });
});

test("notes are never a gap, and every name that a template may use can be given", () => {
  const run = new SampleRun().start();
  run.order({ order: "hold", reason: "A look." }, OPERATOR);
  const values = announcementValues(context(run, { expectedEndAt: WINDOW_END, notes: { issue: "slow" } }));
  expect(values.get("note.issue")?.value).toBe("slow");
  expect(values.get("note.next_date")?.value).toBeNull();
  const absent = ANNOUNCEMENT_NAMES.filter((name) => !values.has(name));
  // No client measured a downtime in this run; the sample's step says nothing to users.
  expect(absent).toEqual(["run.downtime_ms", "step.for_users"]);
});
