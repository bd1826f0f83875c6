import fc from "fast-check";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";
import { compileSample, SAMPLE } from "./sampleRun.ts";

/** A condition over what began and what is done, as text for the runbook and as data for the test's own judgement. */
export interface When {
  readonly any: readonly { readonly of: "began" | "done"; readonly step: string }[];
}

/** A random runbook with the conditions of its rollback steps. */
export interface RandomRunbook {
  readonly plan: CompiledRunbook;
  readonly rollbackWhen: Readonly<Record<string, When>>;
}

const copyTask = { action: "files.copy", host: "db", with: { from: "{{ params.from }}", to: "{{ params.to }}" } };
const lookTask = { action: "files.manifest", host: "db", with: { path: "{{ params.to }}" } };
const verify = [{ title: "Equal", expr: "result.files_source == result.files_target" }];

const onFailure = fc.constantFrom("hold", "rollback", "continue");
const onNoGo = fc.constantFrom("hold", "rollback", "abandon");
const retry = fc.constantFrom({}, { retry: { times: 1, pause: "20s" } }, { retry: { times: 2, pause: "5s" } });
const when = fc.constantFrom({}, {}, {}, { when: "facts.host.cores >= 2" }, { when: "facts.copy.files_count >= 5" });
const skippable = fc.boolean();

const rotateTask = {
  action: "backup.rotate",
  host: "db",
  with: { directory: "{{ params.to }}", label: "daily", database: "app" },
};

const stepBody = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      body: fc.constantFrom(
        { task: copyTask, verify, undo: "nothing" },
        { task: copyTask, verify, undo: "nothing", afterReboot: "again" },
        // It destroys.
        { task: rotateTask, verify: [{ expr: "result.kept_count >= 1" }], undo: "nothing" },
      ),
      onFailure,
      retry,
      when,
      skippable,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      body: fc.constantFrom(
        { task: { ...lookTask, facts: { "copy.files_count": "result.files_count" } } },
        { task: { ...lookTask, facts: { "copy.files_count": "result.files_count" } }, afterReboot: "again" },
      ),
      onFailure,
      retry,
      when,
      skippable,
    }),
  },
  fc.record({
    body: fc.constant({
      manual: { instructions: "Look.", fields: { works: { title: "Works", type: "yesNo", expect: "value" } } },
    }),
    onFailure,
    retry: fc.constant({}),
    when,
    skippable,
  }),
  fc.record({
    body: fc.constant({ announce: { announcement: "finished" } }),
    onFailure,
    retry: fc.constant({}),
    when,
    skippable,
  }),
  fc.record({
    body: fc.constantFrom(
      { wait: { for: "30s" } },
      { wait: { until: "facts.copy.files_count >= 5", atMost: "2m", check: "10s" } },
      { wait: { until: "facts.copy.files_count >= 5", heldFor: "30s", atMost: "2m", check: "10s" } },
    ),
    onFailure,
    retry,
    when,
    skippable,
  }),
);

const gateBody = fc.record({
  onNoGo,
  kind: fc.constantFrom("people", "two", "criteria"),
  expires: fc.constantFrom({}, { expires: "1m" }),
});

function gateOf(made: { onNoGo: string; kind: string; expires: object }): object {
  const { expires } = made;
  const common = { title: "Gate", onNoGo: made.onNoGo };
  const criteria = [{ id: "team", title: "The team is ready", expr: "facts.team.is_ready" }];
  if (made.kind === "criteria") {
    const counted = [{ id: "files", title: "Files", expr: "facts.copy.files_count >= 5" }];
    return { gate: { ...common, opensBy: "criteria", criteria: counted } };
  }
  return {
    gate: { ...common, ...expires, criteria, quorum: { of: ["approvers"], atLeast: made.kind === "two" ? 2 : 1 } },
  };
}

/** Some steps in a row beside each other: where the first stands, how many are in the first branch and in the second. */
interface Beside {
  readonly at: number;
  readonly left: number;
  readonly right: number;
  readonly onFailure: string;
}

const beside: fc.Arbitrary<Beside> = fc.record({
  at: fc.nat(4),
  left: fc.integer({ min: 1, max: 2 }),
  right: fc.integer({ min: 1, max: 2 }),
  onFailure: fc.constantFrom("hold", "finishOthers", "cancelOthers"),
});

/** The steps as a phase holds them: with two branches, where so many steps without a gate stand there. */
function entriesOf(steps: readonly object[], made: Beside | null): readonly object[] {
  if (made === null) return steps;
  const { at, left, right, onFailure } = made;
  const taken = steps.slice(at, at + left + right);
  if (taken.length < left + right || taken.some((step) => "gate" in step)) return steps;
  const branches = [taken.slice(0, left), taken.slice(left)];
  const parallel = branches.map((branch, index) => ({ title: `Branch ${index}`, onFailure, steps: branch }));
  return [...steps.slice(0, at), { id: "both", title: "Both", parallel }, ...steps.slice(at + left + right)];
}

/** Runbooks with one to six steps of every kind, some beside each other, gates between them, rollback steps with random conditions, triggers. */
export const randomRunbook: fc.Arbitrary<RandomRunbook> = fc
  .record({
    steps: fc.array(fc.oneof({ weight: 4, arbitrary: stepBody }, { weight: 1, arbitrary: gateBody }), {
      minLength: 1,
      maxLength: 6,
    }),
    beside: fc.option(beside),
    needs: fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 3 }),
    rollback: fc.array(
      fc.record({
        any: fc.array(fc.record({ of: fc.constantFrom("began" as const, "done" as const), step: fc.nat(5) }), {
          minLength: 1,
          maxLength: 2,
        }),
        isManual: fc.boolean(),
        onFailure: fc.constantFrom("hold", "continue"),
        retry,
      }),
      { maxLength: 4 },
    ),
    triggerAction: fc.constantFrom("notify", "hold", "rollback"),
    triggerFor: fc.constantFrom({}, { for: "5s" }),
    loses: fc.constantFrom(
      {},
      {},
      { loses: { title: "Rows", expr: "has(facts.new.rows_count) ? facts.new.rows_count : 0" } },
    ),
  })
  .map((made) => {
    const ids = made.steps.map((_, index) => `s${index}`);
    const idAt = (n: number): string => ids[n % ids.length] ?? "s0";
    const steps = made.steps.map((each, index) => {
      const needs = made.needs.filter(([from, to]) => from === index && to < index).map(([, to]) => idAt(to));
      const base = { id: `s${index}`, title: `Step ${index}`, lasts: "1m", needs: [...new Set(needs)] };
      if (!("body" in each)) return { ...base, ...gateOf(each) };
      return {
        ...base,
        ...each.body,
        ...each.retry,
        ...each.when,
        onFailure: each.onFailure,
        skippable: each.skippable,
      };
    });
    const rollbackWhen: Record<string, When> = {};
    const rollback = made.rollback.map((each, index) => {
      const any = each.any.map(({ of, step }) => ({ of, step: idAt(step) }));
      rollbackWhen[`r${index}`] = { any };
      const work = each.isManual ? { manual: { instructions: "Undo it." } } : { task: copyTask, verify };
      const expr = any.map(({ of, step }) => `${of}("${step}")`).join(" || ");
      return {
        id: `r${index}`,
        title: `Undo ${index}`,
        when: expr,
        lasts: "1m",
        onFailure: each.onFailure,
        ...each.retry,
        ...work,
      };
    });
    const [probeTrigger] = SAMPLE.triggers;
    const plan = compileSample({
      ...SAMPLE,
      phases: [{ id: "all", title: "All", steps: entriesOf(steps, made.beside) }],
      triggers: [{ ...probeTrigger, ...made.triggerFor, armed: {}, for: undefined, action: made.triggerAction }],
      rollback: { steps: rollback, ...made.loses },
    });
    // Counterexamples show what was made, not the whole plan.
    return {
      plan,
      rollbackWhen,
      [fc.toStringMethod]: () => JSON.stringify({ steps, beside: made.beside, rollback, made: made.triggerAction }),
    };
  });
