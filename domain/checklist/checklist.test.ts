import { describe, expect, test } from "vitest";
import {
  ANNA,
  compileSample,
  OPERATOR,
  person,
  SAMPLE,
  SampleRun,
  WINDOW_START,
} from "../../tests/support/sampleRun.ts";
import type { FactName } from "../fact/fact.ts";
import { GO_GATE } from "../gate/goGate.ts";
import { StepId, TaskId } from "../ids.ts";
import { decide } from "../run/decide.ts";
import { Instant } from "../time.ts";
import { checklistNow, openItems, staleMeasures } from "./checklist.ts";

const step = (id: string) => StepId.parse(id);
const stages = (run: SampleRun) =>
  Object.fromEntries(checklistNow(run.plan, run.state, run.now).map(({ item, stage }) => [item.id, stage]));
const ALL_OPEN = { "measure-host": "open", "measure-size": "open", "team-ready": "open", "tell-users": "open" };

describe("an item of the checklist", () => {
  test("is open until it is measured, confirmed or sent", () => {
    const run = new SampleRun();
    expect(stages(run)).toEqual(ALL_OPEN);
    run.order({ order: "measure", itemIds: [step("measure-host")] });
    expect(stages(run)).toMatchObject({ "measure-host": "measuring" });
    run.succeed("measure-host", { cores: 4, aes: true });
    expect(stages(run)).toEqual({ ...ALL_OPEN, "measure-host": "done" });
    run.prepare();
    expect(openItems(run.plan, run.state, run.now)).toEqual([]);
  });

  test("that could not be measured has failed, and can be measured again", () => {
    const run = new SampleRun();
    run.order({ order: "measure", itemIds: [step("measure-host")] });
    run.fail("measure-host");
    expect(stages(run)).toMatchObject({ "measure-host": "failed" });
    expect(run.state.stage).toBe("preparing");
    run.order({ order: "retry", stepId: step("measure-host") });
    run.succeed("measure-host", { cores: 4, aes: true });
    expect(stages(run)).toMatchObject({ "measure-host": "done" });
  });

  test("shows its last value with its age when that is stale, and measured again it is done", () => {
    const run = new SampleRun(compileSample(), Instant.parse(WINDOW_START - 72 * 3_600_000)).prepare();
    run.now = Instant.parse(run.now + 48 * 3_600_000);
    expect(stages(run)).toMatchObject({ "measure-size": "stale" });
    const item = checklistNow(run.plan, run.state, run.now).find(({ item: { id } }) => id === "measure-size");
    expect(item?.facts).toMatchObject([{ name: "dir.size_bytes", value: 2 ** 31 }]);
    expect(staleMeasures(run.plan, run.state, run.now)).toEqual(["measure-host", "measure-size"]);
    run.order({ order: "measure", itemIds: [step("measure-size")] });
    run.succeed("measure-size", { size_bytes: 5 });
    expect(stages(run)).toMatchObject({ "measure-size": "done" });
  });

  test("is confirmed only by those whom the runbook names, with a value of its kind", () => {
    const run = new SampleRun();
    const confirm = { order: "confirmItem", itemId: step("team-ready"), value: true, reason: "" } as const;
    expect(run.order(confirm, ANNA)).toMatchObject({ because: "notAllowed" });
    expect(run.order({ ...confirm, value: "yes" })).toMatchObject({ because: "fieldInvalid" });
    expect(run.order({ ...confirm, itemId: step("measure-host") })).toMatchObject({ because: "unknownStep" });
    expect(run.order(confirm).accepted).toBe(true);
    const source = { kind: "person", userId: OPERATOR.userId, reason: "" };
    expect(run.state.facts).toMatchObject({ "team.is_ready": { value: true, source } });
  });

  test("an announcement that the checklist names is sent by a person, not by the clock", () => {
    const run = new SampleRun();
    run.pass(1000);
    expect(run.state.announced).toEqual([]);
    run.order({ order: "confirmItem", itemId: step("tell-users"), value: true, reason: "" });
    expect(run.state.announced).toMatchObject([{ announcementId: "notice" }]);
    expect(stages(run)).toMatchObject({ "tell-users": "done" });
  });

  test("an announcement that nobody is named for is due by the clock, once", () => {
    const checklist = [SAMPLE.checklist[0], { ...SAMPLE.checklist[1], items: [SAMPLE.checklist[1].items[0]] }];
    const run = new SampleRun(compileSample({ ...SAMPLE, checklist }), Instant.parse(WINDOW_START - 8 * 86_400_000));
    run.pass(0);
    expect(run.state.announced).toEqual([]);
    run.pass(86_400_000);
    run.pass(86_400_000);
    expect(run.state.announced).toMatchObject([{ announcementId: "notice" }]);
  });

  test("whose expectation is not met keeps approval from being asked, unless a waived criterion covers that value", () => {
    const [host, people] = SAMPLE.checklist;
    const item = { id: "aes", title: "AES instructions", expect: "facts.host.aes" };
    const checklist = [{ ...host, items: [...host.items, item] }, people];
    const run = new SampleRun(compileSample({ ...SAMPLE, checklist }));
    expect(stages(run)).toMatchObject({ aes: "open" });
    run.prepare();
    expect(stages(run)).toMatchObject({ aes: "done" });
    const source = { kind: "person", userId: OPERATOR.userId, reason: "" } as const;
    const fact = { name: "host.aes" as FactName, value: false, measuredAt: run.now, source };
    run.report({ report: "factsMeasured", facts: [fact] });
    expect(stages(run)).toMatchObject({ aes: "failed" });
    expect(run.order({ order: "askApproval" })).toMatchObject({ because: "checklistOpen", detail: "AES instructions" });
    run.order({ order: "waive", criterionId: "aes", reason: "Accepted." }, person("zoe", ["approver"], ["approvers"]));
    expect(stages(run)).toMatchObject({ aes: "excused" });
    expect(run.order({ order: "askApproval" }).accepted).toBe(true);
  });
});

describe("measuring several items", () => {
  test("goes one after another on a host, in the order of the checklist", () => {
    const run = new SampleRun();
    run.order({ order: "measure", itemIds: [step("measure-size"), step("measure-host")] });
    expect(Object.keys(run.state.tasks)).toEqual([`${run.state.runId}.measure-host.1`]);
    run.succeed("measure-host", { cores: 4, aes: true });
    expect(run.state.tasks[run.taskOf("measure-size")]?.stage).toBe("ordered");
  });

  test("one that needs a fact of another comes after it; where nothing measures that, it fails", () => {
    const [host, people] = SAMPLE.checklist;
    const needy = {
      id: "a-second-look",
      title: "Look",
      measure: {
        action: "files.manifest",
        host: "db",
        with: { path: { expr: "facts.host.aes ? params.from : params.to" } },
      },
    };
    const plan = compileSample({ ...SAMPLE, checklist: [{ ...host, items: [needy, ...host.items] }, people] });
    const run = new SampleRun(plan);
    const both = { order: "measure", itemIds: [step("a-second-look"), step("measure-host")] } as const;
    run.order({ ...both, itemIds: [...both.itemIds] });
    expect(run.state.steps[step("a-second-look")]).toMatchObject({ stage: "running" });
    run.succeed("measure-host", { cores: 4, aes: true });
    expect(run.state.tasks[run.taskOf("a-second-look")]?.stage).toBe("ordered");
    const alone = new SampleRun(plan);
    alone.order({ order: "measure", itemIds: [step("a-second-look")] });
    expect(alone.state.steps[step("a-second-look")]).toMatchObject({
      stage: "failed",
      failure: { code: "argumentsInvalid" },
    });
  });

  test("one that still waits for its turn can be cancelled, and is not left behind when the run ends", () => {
    const run = new SampleRun();
    run.order({ order: "measure", itemIds: [step("measure-size"), step("measure-host")] });
    run.order({ order: "cancelTask", stepId: step("measure-size"), reason: "" });
    expect(run.state.steps[step("measure-size")]?.stage).toBe("cancelled");
    run.order({ order: "measure", itemIds: [step("measure-size")] });
    run.order({ order: "abandon", reason: "No." });
    expect(run.state.steps[step("measure-size")]?.stage).toBe("cancelled");
  });

  test("nothing is destroyed before a GO, nor after it was taken back", () => {
    const plan = compileSample();
    const measures = plan.measures.map((each) => ({ ...each, task: { ...each.task, class: "destroy" as const } }));
    const run = new SampleRun({ ...plan, measures });
    const both = { order: "measure", itemIds: [step("measure-host"), step("measure-size")] } as const;
    const order = { ...both, itemIds: [...both.itemIds] };
    expect(run.order(order)).toMatchObject({ because: "needsApproval", detail: "Measure the host" });
    const open = new SampleRun(plan).approve();
    const ready = decide({ ...plan, measures }, open.state, { order, actor: OPERATOR }, open.now);
    const takeBack = { order: "takeBack", gateId: GO_GATE, reason: "No." } as const;
    const asking = decide({ ...plan, measures }, ready.state, { order: takeBack, actor: ANNA }, open.now);
    const taskId = TaskId.parse(`${open.state.runId}.measure-host.2`);
    const ended = { outcome: "succeeded", result: { cores: 4, aes: true }, ...open.times() } as const;
    const report = { report: "taskEnded", taskId, ended, facts: [] } as const;
    const after = decide({ ...plan, measures }, asking.state, { report }, open.now);
    expect(after.state.steps[step("measure-size")]).toMatchObject({
      stage: "failed",
      failure: { code: "notAuthorised" },
    });
  });

  test("a measurement of which nobody knows the end looks first the next time", () => {
    const run = new SampleRun();
    run.order({ order: "measure", itemIds: [step("measure-host")] });
    run.unknown("measure-host");
    run.order({ order: "measure", itemIds: [step("measure-host")] });
    expect(run.log.at(-1)?.event).toMatchObject({ type: "taskOrdered", inspectFirst: true });
  });
});

describe("a probe that is kept as a fact", () => {
  const probes = { app: { ...SAMPLE.probes.app, fact: "new.rows_count" } };
  const run = new SampleRun(compileSample({ ...SAMPLE, probes })).start();
  const sample = (value: number | undefined, ok = true) => {
    const of = { at: run.now, ok, consecutiveFailures: 0, detail: "", ...(value === undefined ? {} : { value }) };
    run.report({ report: "probeSampled", probeId: "app", sample: of });
  };
  const kept = () => Object.values(run.state.facts).find(({ name }) => name === "new.rows_count")?.value;

  test("that may be old for some seconds is kept three times in that time", () => {
    const facts = { ...SAMPLE.facts, "new.rows_count": { type: "count", title: "Rows", freshFor: "12s" } };
    const brief = new SampleRun(compileSample({ ...SAMPLE, probes, facts })).start();
    const values: unknown[] = [];
    for (let value = 1; value <= 6; value += 1) {
      const of = { at: brief.now, ok: true, consecutiveFailures: 0, detail: "", value };
      brief.report({ report: "probeSampled", probeId: "app", sample: of });
      values.push(Object.values(brief.state.facts).find(({ name }) => name === "new.rows_count")?.value);
      brief.now = Instant.parse(brief.now + 2_000);
    }
    expect(values).toEqual([1, 1, 3, 3, 5, 5]);
  });

  test("is measured at most once a minute, and never by a sample that failed", () => {
    sample(undefined);
    sample(7, false);
    expect(kept()).toBeUndefined();
    sample(1);
    run.now = Instant.parse(run.now + 59_000);
    sample(2);
    expect(kept()).toBe(1);
    run.now = Instant.parse(run.now + 1000);
    sample(3);
    expect(kept()).toBe(3);
    run.now = Instant.parse(run.now + 60_000);
    sample(Number.MAX_VALUE);
    expect(kept()).toBe(3);
  });
});
