import { z } from "zod";
import { FactName, FactType } from "../fact/fact.ts";
import { HostRole, StepId } from "../ids.ts";
import { parseDuration } from "../time.ts";
import { ParameterName } from "./parameters.ts";

/**
 * The runbook language, version 1: the shape of the YAML document. Strict: an unknown key is an error. What a shape can't say
 * (dangling references, expressions that do not type-check, steps without undo) is checked in `check/`.
 */
const title = z.string().trim().min(1).max(200);
const prose = z.string().trim().min(1).max(8000);
const word = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, "a lower-case word");
const expression = z.string().trim().min(1).max(2000).describe("CEL expression");
const duration = z
  .string()
  .regex(/^(\d+(\.\d+)?(ms|s|m|h|d))+$/, "a duration such as 90s, 5m or 1h30m")
  .refine((text) => parseDuration(text) !== undefined, "a duration of at most 366 days");

/** A duration as written, or one that grows with a size fact: `{ perGiB: 1.5m, of: db.size_bytes, atLeast: 1m }`. */
export const PlannedDuration = z.union([
  duration,
  z.strictObject({ perGiB: duration, of: FactName, atLeast: duration.optional() }),
]);
export type PlannedDuration = z.infer<typeof PlannedDuration>;

/** An argument: a literal, a Liquid text (`{{ params.mount }}/data`), or a typed CEL value (`{ expr: … }`). Lists and maps nest. */
export type Argument =
  | string
  | number
  | boolean
  | { readonly expr: string }
  | readonly Argument[]
  | { readonly [key: string]: Argument };
export const Argument: z.ZodType<Argument> = z.lazy(() =>
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.strictObject({ expr: expression }),
    z.array(Argument),
    z.record(z.string(), Argument),
  ]),
);

/** One order to an agent: which action, on which host, with what. `facts` names what is kept of the result. */
export const TaskSpec = z.strictObject({
  action: z.string().regex(/^[a-z]+\.[a-zA-Z]+$/, "pack and action, such as files.copy"),
  host: HostRole,
  with: z.record(z.string(), Argument).default({}),
  facts: z.record(FactName, expression).optional(),
  within: duration.optional().describe("Longest time the task may take."),
});
export type TaskSpec = z.infer<typeof TaskSpec>;

export const Criterion = z.strictObject({
  id: word,
  title,
  expr: expression,
  waivable: z.strictObject({ by: z.array(word).min(1) }).optional(),
  notes: prose.optional(),
});
/** A named expression over facts. */
export type Criterion = z.infer<typeof Criterion>;

export const Verification = z.strictObject({ title: title.optional(), expr: expression });
/** What must hold after a step: an expression over `result`, `facts` and `params`. */
export type Verification = z.infer<typeof Verification>;

export const Quorum = z.strictObject({ of: z.array(word).min(1), atLeast: z.int().min(1).max(20) });
/** Who decides: at least so many, from these groups; one from each when there are several. */
export type Quorum = z.infer<typeof Quorum>;

export const GateSpec = z.strictObject({
  title,
  /** `people` decide by signing; `criteria` open it by themselves when all pass, and refuse it otherwise. */
  opensBy: z.enum(["people", "criteria"]).default("people"),
  quorum: Quorum.optional(),
  criteria: z.array(Criterion).default([]),
  onNoGo: z.enum(["hold", "rollback", "abandon"]).default("hold"),
  expires: duration.optional(),
  /** What GO leads to, what can't be undone after it, what NO-GO leads to: one sentence each, for the Decide page. */
  afterGo: prose.optional(),
  cannotBeUndone: prose.optional(),
  afterNoGo: prose.optional(),
});
export type GateSpec = z.infer<typeof GateSpec>;

export const ManualSpec = z.strictObject({
  instructions: prose,
  by: z.array(word).default(["operator"]),
  fields: z
    .record(
      word,
      z.strictObject({
        title,
        type: z.enum(["yesNo", "number", "text"]),
        required: z.boolean().default(true),
        expect: expression.optional(),
      }),
    )
    .default({}),
});
export type ManualSpec = z.infer<typeof ManualSpec>;

export const WaitSpec = z.union([
  z.strictObject({ for: PlannedDuration.or(z.strictObject({ expr: expression })) }),
  z.strictObject({
    until: expression,
    heldFor: duration
      .optional()
      .describe("It has to hold for so long without a break; absent: to hold once is enough."),
    atMost: duration,
    check: duration.default("5s"),
  }),
]);
/** A soak (`for`), or a wait until an expression holds, at most so long. */
export type WaitSpec = z.infer<typeof WaitSpec>;
export type UntilSpec = Extract<WaitSpec, { until: string }>;

const stepBase = {
  id: StepId,
  title,
  purpose: prose.optional(),
  lasts: PlannedDuration,
  needs: z.array(StepId).default([]),
  when: expression.optional(),
  verify: z.array(Verification).default([]),
  retry: z
    .strictObject({ times: z.int().min(1).max(20), pause: duration, factor: z.number().min(1).max(10).default(2) })
    .optional(),
  onFailure: z.enum(["hold", "rollback", "continue"]).default("hold"),
  /** The rollback steps that undo this one, or `nothing` where there is nothing to undo. */
  undo: z.union([z.literal("nothing"), z.array(StepId).min(1)]).optional(),
  skippable: z.boolean().default(true),
  notes: prose.optional(),
  controls: z.array(z.string().max(60)).default([]),
  /** What users notice while this step runs, for the status text. Never host or product names. */
  forUsers: prose.optional(),
  /** Where the data is while this step runs, one sentence: the line under the state word. */
  data: prose.optional(),
};

/**
 * What a restart of the host means for a task that is done: `again` where it takes away what the task brought about (an open volume, a
 * running server); `{ againUntil: step }` where that is no longer needed once another step is done.
 */
export const AfterReboot = z.union([z.literal("again"), z.strictObject({ againUntil: StepId })]);
export type AfterReboot = z.infer<typeof AfterReboot>;

export const Step = z.union([
  z.strictObject({ ...stepBase, task: TaskSpec, afterReboot: AfterReboot.optional() }),
  z.strictObject({ ...stepBase, manual: ManualSpec }),
  z.strictObject({ ...stepBase, gate: GateSpec }),
  z.strictObject({ ...stepBase, announce: z.strictObject({ announcement: word }) }),
  z.strictObject({ ...stepBase, wait: WaitSpec }),
]);
/** A step of one of the five kinds; which key it has is its kind. */
export type Step = z.infer<typeof Step>;

/** What the other branches do when a step of this one has failed for good and is to hold the run, or nobody knows how it ended. */
export const BranchFailure = z.enum(["hold", "finishOthers", "cancelOthers"]);
export type BranchFailure = z.infer<typeof BranchFailure>;

export const Branch = z.strictObject({
  title,
  onFailure: BranchFailure.default("hold").describe(
    "When a step of this branch holds the run. hold: nothing new begins in any branch, what runs goes on to its end. finishOthers: the others are carried out to their end first. cancelOthers: their tasks are cancelled.",
  ),
  steps: z.array(Step).min(1),
});
export type Branch = z.infer<typeof Branch>;

export const Parallel = z.strictObject({ id: word, title, parallel: z.array(Branch).min(2).max(8) });
/** Steps side by side: each branch goes through its own one after another, and what comes next begins when all are through. */
export type Parallel = z.infer<typeof Parallel>;

/** What a phase is made of, in order. */
export const PhaseEntry = z.union([...Step.options, Parallel]);
export type PhaseEntry = z.infer<typeof PhaseEntry>;

export const ChecklistItem = z.strictObject({
  id: StepId,
  title,
  owner: word.default("operator"),
  measure: TaskSpec.optional(),
  confirm: z
    .strictObject({
      type: z.enum(["yesNo", "number", "text"]),
      by: z.array(word).min(1),
      fact: FactName,
      expires: duration.optional(),
    })
    .optional(),
  announce: word.optional(),
  seal: word.optional().describe("A secret that its holder makes and seals here."),
  expect: expression.optional(),
  needed: title.optional().describe("What is needed, in words, for the list."),
  shows: expression.optional().describe("What the Measured column shows."),
  showsAs: FactType.optional().describe("Its unit, where the expression is more than one fact."),
  notes: prose.optional(),
});
/** One item of preparation: measured by an agent, confirmed by a person, announced, or a secret to seal. */
export type ChecklistItem = z.infer<typeof ChecklistItem>;

export const Trigger = z.strictObject({
  id: word,
  title,
  probe: word.optional(),
  expr: expression,
  for: duration.optional(),
  action: z.enum(["notify", "hold", "rollback"]),
  /** Armed from the end of one step to the beginning of another, or while a phase goes on; with none of these, the whole run. */
  armed: z
    .strictObject({ after: StepId.optional(), before: StepId.optional(), during: z.array(word).min(1).optional() })
    .default({}),
  shows: expression.optional(),
});
export type Trigger = z.infer<typeof Trigger>;

export const Probe = z.strictObject({
  title,
  action: z.string().regex(/^[a-z]+\.[a-zA-Z]+$/),
  host: HostRole,
  every: duration,
  with: z.record(z.string(), Argument).default({}),
  over: duration
    .optional()
    .describe("How far back its triggers look: probe.count, failed_share, increase and usual are of that time."),
  /** The newest value is kept as this fact too, once a minute, or three times within the time that the fact may be old. */
  fact: FactName.optional(),
  /** Steps during which what it measures is stopped on purpose: shown as "paused: planned stop". */
  pausedFrom: StepId.optional(),
  pausedUntil: StepId.optional(),
});
export type Probe = z.infer<typeof Probe>;

export const RollbackStep = z.strictObject({
  id: StepId,
  title,
  /** CEL over `began("step")` and `done("step")`. */
  when: expression,
  undoes: prose.optional(),
  lasts: PlannedDuration,
  task: TaskSpec.optional(),
  manual: ManualSpec.optional(),
  announce: z.strictObject({ announcement: word }).optional(),
  verify: z.array(Verification).default([]),
  retry: z
    .strictObject({ times: z.int().min(1).max(20), pause: duration, factor: z.number().min(1).max(10).default(2) })
    .optional(),
  onFailure: z.enum(["hold", "continue"]).default("hold"),
  /** A restart of the host takes away what its task brought about: see `AfterReboot`. */
  afterReboot: z.literal("again").optional(),
  notes: prose.optional(),
});
export type RollbackStep = z.infer<typeof RollbackStep>;

export const Losing = z.strictObject({
  title,
  expr: expression.describe("A number, or a map of numbers by name, such as rows by table; 0 is nothing."),
  newest: expression.optional().describe("When the newest of it was written: milliseconds since the epoch."),
  automatic: z
    .enum(["ask", "rollback"])
    .optional()
    .describe(
      "What becomes of a rollback that the run wants by itself where something would be lost, or nobody can tell. ask: the run holds, and a person decides; the same where nothing is said. rollback: it goes back all the same.",
    ),
});
/** What going back would lose. */
export type Losing = z.infer<typeof Losing>;

export const Announcement = z.strictObject({
  id: word,
  title,
  audience: z.enum(["users", "team", "status-page", "ticket"]),
  /** When it is due, for the list of stages: before the window (a duration), or at a moment of the run. */
  at: z.union([
    z.strictObject({ before: duration }),
    z.strictObject({ on: z.enum(["started", "step", "done", "rolledBack", "late", "anytime"]) }),
  ]),
  subject: z.string().trim().min(1).max(300),
  body: z.string().trim().min(1).max(20_000).describe("Liquid over facts; Markdown"),
});
export type Announcement = z.infer<typeof Announcement>;

export const Runbook = z.strictObject({
  slackwater: z.literal(1),
  id: word,
  title,
  version: z.string().max(40),
  nextReview: z.string().max(200).optional(),
  summary: prose,
  risk: z.enum(["low", "medium", "high"]),
  /** What a rollback may take at most, and the margin kept before the point of no return. */
  objective: z.strictObject({ rollbackWithin: duration, safetyMargin: duration }),
  hosts: z.record(HostRole, z.strictObject({ title })),
  groups: z.record(word, z.strictObject({ title })).default({}),
  parameters: z.record(
    ParameterName,
    z.strictObject({
      title: title.optional(),
      type: z.enum(["string", "path", "integer", "size", "duration", "flag", "choice"]),
      default: z.union([z.string(), z.number(), z.boolean()]).optional(),
      choices: z.array(z.string()).optional(),
      pattern: z.string().max(400).optional(),
      description: prose,
    }),
  ),
  secrets: z
    .record(
      word,
      z.strictObject({ title, host: HostRole, holder: word, keep: prose, words: z.int().min(6).max(12).default(8) }),
    )
    .default({}),
  facts: z.record(FactName, z.strictObject({ type: FactType, title, freshFor: duration.optional() })),
  checklist: z.array(z.strictObject({ id: word, title, items: z.array(ChecklistItem).min(1) })),
  criteria: z.strictObject({ go: z.array(Criterion), nogo: z.array(Criterion) }),
  approval: GateSpec,
  phases: z.array(z.strictObject({ id: word, title, steps: z.array(PhaseEntry).min(1) })).min(1),
  probes: z.record(word, Probe).default({}),
  triggers: z.array(Trigger).default([]),
  rollback: z.strictObject({
    steps: z.array(RollbackStep),
    loses: Losing.optional(),
    notes: prose.optional(),
  }),
  announcements: z.array(Announcement).default([]),
  afterwards: z
    .array(
      z.strictObject({
        id: word,
        title,
        due: duration,
        kind: z.enum(["task", "check", "retention"]),
        notes: prose.optional(),
      }),
    )
    .default([]),
  contacts: z.array(z.strictObject({ role: title, parameter: ParameterName })).default([]),
  scripts: z
    .record(word, z.array(StepId).min(1))
    .default({})
    .describe(
      "Scripts for those who must do it by hand, by their names: the tasks that stand in each, in order. A task that no script names gets one of its own.",
    ),
  signOff: z.strictObject({ before: prose, after: prose }),
});
/** A runbook as written, shape-checked; defaults filled in. */
export type Runbook = z.infer<typeof Runbook>;
