import fc from "fast-check";
import { expect, test } from "vitest";
import type { Happening } from "../../tests/support/randomRun.ts";
import { happenings, RandomRun } from "../../tests/support/randomRun.ts";
import type { RandomRunbook, When } from "../../tests/support/randomRunbook.ts";
import { randomRunbook } from "../../tests/support/randomRunbook.ts";
import { OPERATOR } from "../../tests/support/sampleRun.ts";
import { canonicalJson } from "../canonicalJson.ts";
import { neededOf, quorumOf } from "../gate/quorum.ts";
import { partsOfTaskId } from "../ids.ts";
import { gateOfTrigger, latestSilenceEnd } from "../silence/buildSilence.ts";
import { stepsBeside } from "./branches.ts";
import type { Decision } from "./decide.ts";
import { decide } from "./decide.ts";
import type { RunEventType } from "./events.ts";
import { RunEvent } from "./events.ts";
import type { Placed } from "./evolve.ts";
import { fold } from "./evolve.ts";
import { findStep, workOf } from "./findStep.ts";
import type { Order } from "./intents.ts";
import { rollbackPlan } from "./rollbackPlan.ts";
import type { RunState } from "./state.ts";

/** How many random runs are made. A night makes fifty times as many. */
const RUNS = process.env.SLACKWATER_NIGHTLY === undefined ? 20_000 : 1_000_000;
/** So many with each random runbook: to compile one takes as long as to run it. */
const RUNS_PER_BOOK = 4;

/** What is promised of every log, by what it says. */
type Promised = (log: readonly Placed[], book: RandomRunbook) => void;

/** Runs a random runbook through random happenings. Whatever holds of every state, and of every order, is looked at on the way. */
function runThrough(book: RandomRunbook, happened: readonly Happening[], how: "started" | "fromNothing"): RandomRun {
  const random = new RandomRun(book.plan);
  if (how === "started") random.run.start();
  else random.run.prepare();
  for (const each of happened) {
    const before = random.run.state;
    const decision = random.happen(each);
    if (decision !== undefined) refusedChangesNothing(before, decision);
    canBeStopped(random);
  }
  return random;
}

/** Events by which decisions are judged on the facts of the moment, before anybody acts on them. */
const REVIEWS: readonly RunEventType[] = [
  "decisionSuspended",
  "decisionRevived",
  "decisionVoided",
  "gateAsked",
  "timerSet",
];

function refusedChangesNothing(before: RunState, decision: Decision): void {
  if (decision.accepted) return;
  const types = decision.events.map(({ type }) => type);
  expect(types.at(-1)).toBe("orderRefused");
  expect(types.slice(0, -1).filter((type) => !REVIEWS.includes(type))).toEqual([]);
  if (types.length > 1) return;
  const { seq, lastEventAt } = before;
  expect({ ...decision.state, seq, lastEventAt }).toEqual(before);
}

/** A run that is under way can be held, and can be rolled back as long as there is something to undo. */
function canBeStopped({ run }: RandomRun): void {
  const { plan, state, now } = run;
  const isAccepted = (order: Order): boolean => decide(plan, state, { order, actor: OPERATOR }, now).accepted;
  if (state.stage === "running" || state.stage === "rollingBack") {
    expect(isAccepted({ order: "hold", reason: "" })).toBe(true);
  }
  const isForward = state.stage === "running" || (state.stage === "held" && state.hold?.during === "forward");
  if (!isForward || state.rollbackOrdered !== undefined || rollbackPlan(plan, state, now).steps.length === 0) return;
  expect(isAccepted({ order: "rollBack", reason: "" })).toBe(true);
}

const PROMISES: Readonly<Record<string, Promised>> = {
  "no task is ordered twice, and a step never has two tasks under way": (log) => {
    const ordered = new Set<string>();
    const underWay = new Map<string, string>();
    for (const { event } of log) {
      if (event.type === "taskOrdered") {
        expect(ordered.has(event.taskId)).toBe(false);
        expect(underWay.has(event.stepId)).toBe(false);
        ordered.add(event.taskId);
        underWay.set(event.stepId, event.taskId);
      }
      if (event.type === "taskEnded" || event.type === "taskRefused")
        underWay.delete(partsOfTaskId(event.taskId).stepId);
    }
  },

  "never are two steps of a section on at once, but in different branches": (log, book) => {
    const active = new Map<string, string>();
    for (const { event } of log) {
      if (event.type === "stepBegan" && event.section !== "checklist" && event.kind !== "gate") {
        const beside = stepsBeside(book.plan.steps, event.stepId).map(({ id }) => String(id));
        const others = [...active].filter(
          ([id, section]) => section === event.section && id !== event.stepId && !beside.includes(id),
        );
        expect(others).toEqual([]);
        active.set(event.stepId, event.section);
      }
      if ("stepId" in event && ["stepDone", "stepFailed", "stepSkipped", "stepCancelled"].includes(event.type)) {
        active.delete(String(event.stepId));
      }
    }
    expect(book.plan.steps.length).toBeGreaterThan(0);
  },

  "a step begins only when what it needs and all before it are over, save what stands beside it": (log, book) => {
    const over = new Set<string>();
    for (const { event } of log) {
      if (event.type === "stepDone" || event.type === "stepSkipped") over.add(event.stepId);
      // Passed by: the runbook says that the run goes on without it.
      if (event.type === "stepFailed" && mayBePassedBy(book, event.stepId)) over.add(event.stepId);
      if (event.type !== "stepBegan" || event.section !== "forward") continue;
      const at = book.plan.steps.findIndex(({ id }) => id === event.stepId);
      const beside = stepsBeside(book.plan.steps, event.stepId);
      const before = book.plan.steps.slice(0, at).filter((step) => !beside.includes(step) && step.work.kind !== "gate");
      expect(before.filter(({ id }) => !over.has(id)).map(({ id }) => id)).toEqual([]);
      for (const need of book.plan.steps[at]?.needs ?? []) {
        expect(before.some(({ id }) => id === need) || over.has(need) || isGate(book, need)).toBe(true);
      }
    }
  },

  "nothing forward begins while the run is held, rolls back or has ended; nothing at all after its end": (log) => {
    let stage = "preparing";
    let during = "running";
    let hasEnded = false;
    for (const { event } of log) {
      if (event.type === "stepBegan" && event.section === "forward") expect(stage).toBe("running");
      if (event.type === "stepBegan" && event.section === "rollback") expect(stage).toBe("rollingBack");
      if (event.type === "taskOrdered" || event.type === "runStarted") expect(hasEnded).toBe(false);
      if (event.type === "runStarted") stage = "running";
      if (event.type === "runHeld") [during, stage] = [stage, "held"];
      if (event.type === "runResumed") stage = during;
      if (event.type === "rollbackBegan") stage = "rollingBack";
      if (event.type === "runEnded") [stage, hasEnded] = ["ended", true];
    }
  },

  "no host is changed before the approval gate is open, save by the backups of the preparation": (log, book) => {
    let isOpen = false;
    for (const { event } of log) {
      if (event.type === "gateOpened" && event.gateId === "go") isOpen = true;
      if (event.type === "gateRefused" && event.gateId === "go") isOpen = false;
      if (event.type === "gateAsked" && event.gateId === "go") isOpen = false;
      if (event.type !== "taskOrdered") continue;
      const step = findStep(book.plan, event.stepId);
      if (step === undefined) throw new Error("a task of no step");
      if (step.section !== "checklist") expect(isOpen).toBe(true);
    }
  },

  "nothing is destroyed but behind every gate of people before it, each opened by its quorum": (log, book) => {
    const open = new Set<string>();
    for (const { event } of log) {
      if (event.type === "gateOpened") open.add(event.gateId);
      if (event.type === "gateAsked" || event.type === "gateRefused") open.delete(event.gateId);
      if (event.type !== "taskOrdered") continue;
      const step = findStep(book.plan, event.stepId);
      const work = step === undefined ? undefined : workOf(step);
      if (work?.kind !== "task" || work.task.class !== "destroy") continue;
      const at = book.plan.steps.findIndex(({ id }) => id === event.stepId);
      const before = book.plan.steps.slice(0, at).flatMap(({ work: of }) => (of.kind === "gate" ? [of.gate] : []));
      const ofPeople = before.filter(({ spec }) => spec.opensBy === "people").map(({ gateId }) => String(gateId));
      expect(["go", ...ofPeople].filter((gateId) => !open.has(gateId))).toEqual([]);
    }
  },

  "a rollback contains exactly the steps whose condition holds, in the runbook's order": (log, book) => {
    const began = new Set<string>();
    const done = new Set<string>();
    for (const { event } of log) {
      if (event.type === "stepBegan" && event.kind !== "task") began.add(event.stepId);
      if (event.type === "taskAccepted" || event.type === "taskEnded") began.add(partsOfTaskId(event.taskId).stepId);
      if (event.type === "stepDone") done.add(event.stepId);
      if (event.type !== "rollbackBegan") continue;
      const holds = (when: When): boolean => when.any.some(({ of, step }) => (of === "began" ? began : done).has(step));
      const expected = Object.entries(book.rollbackWhen).filter(([, when]) => holds(when));
      expect(event.steps).toEqual(expected.map(([id]) => id));
    }
  },

  "a gate of people opens only by so many different people in so many different places as it asks for, none of them a requester":
    (log, book) => {
      const starters = new Set(["owner"]);
      const standing = new Map<string, Set<string>>();
      const seats = new Map<string, string>();
      for (const { event } of log) {
        if (event.type === "runStarted") starters.add(event.by);
        if (!("gateId" in event)) continue;
        const signers = standing.get(event.gateId) ?? new Set<string>();
        standing.set(event.gateId, signers);
        if (event.type === "decisionSigned" && event.verdict === "GO") {
          signers.add(event.by);
          seats.set(`${event.gateId} ${event.by}`, event.decision.statement.inPlaceOf ?? event.by);
        }
        if (event.type === "decisionVoided" || event.type === "decisionTakenBack" || event.type === "decisionSuspended")
          signers.delete(event.by);
        if (event.type === "decisionRevived") signers.add(event.by);
        if (event.type === "gateOpened" && event.how === "quorum") {
          const needed = book.plan.gates.find(({ gateId }) => gateId === event.gateId)?.spec.quorum?.atLeast ?? 1;
          expect(signers.size).toBeGreaterThanOrEqual(needed);
          for (const signer of signers) expect(starters.has(signer)).toBe(false);
          const filled = new Set([...signers].map((signer) => seats.get(`${event.gateId} ${signer}`)));
          expect(filled.size).toBeGreaterThanOrEqual(needed);
          for (const seat of filled) expect(starters.has(seat ?? "")).toBe(false);
        }
        if (event.type === "gateRefused") signers.clear();
      }
    },

  "whatever the room is asked and answers, the run is just as far, and no gate stands otherwise": (log) => {
    let before = fold(log.slice(0, 1));
    for (const placed of log.slice(1)) {
      const after = fold([placed], before);
      if (placed.event.type.startsWith("poll")) {
        const { polls: _polls, seq: _seq, lastEventAt: _at, ...rest } = after ?? {};
        expect(before).toMatchObject(rest);
      }
      before = after;
    }
  },

  "a trigger that is silenced does nothing, it is silenced by as many different people as its gate takes, none of them a requester, and never without an end":
    (log, { plan }) => {
      const silenced = new Set<string>();
      let state = fold(log.slice(0, 1));
      for (const placed of log.slice(1)) {
        const { event, at } = placed;
        if (event.type === "triggerFired") expect(silenced.has(event.triggerId)).toBe(false);
        if (event.type === "silenceEnded") silenced.delete(event.triggerId);
        if (event.type === "triggerSilenced" && state !== undefined) {
          silenced.add(event.triggerId);
          const trigger = plan.triggers.find(({ id }) => id === event.triggerId);
          const needed = trigger === undefined ? 99 : neededOf(quorumOf(gateOfTrigger(plan, trigger).spec));
          expect(new Set(event.signers).size).toBeGreaterThanOrEqual(needed);
          for (const signer of event.signers) expect(state.requesters).not.toContain(signer);
          expect(event.until).toBeGreaterThan(at);
          expect(event.until).toBeLessThanOrEqual(latestSilenceEnd(state, at));
        }
        state = fold([placed], state);
      }
    },
};

const isGate = (book: RandomRunbook, id: string): boolean =>
  book.plan.steps.some((step) => step.id === id && step.work.kind === "gate");

const mayBePassedBy = (book: RandomRunbook, id: string): boolean =>
  book.plan.steps.some((step) => step.id === id && step.onFailure === "continue");

/**
 * Every event is one of the catalogue, as it is read back from the database; folding them gives the very state that was decided on, and a
 * restarted server decides the same.
 */
function replays({ run }: RandomRun, { plan }: RandomRunbook): void {
  const restarted = fold(
    run.log.map((placed) => {
      const stored: unknown = JSON.parse(canonicalJson(placed.event));
      const event = RunEvent.parse(stored);
      expect(event).toEqual(stored);
      return { ...placed, event };
    }),
  );
  expect(restarted).toEqual(run.state);
  if (restarted === undefined) return;
  for (const input of [{ report: { report: "wake" } }, { order: { order: "resume" }, actor: OPERATOR }] as const) {
    expect(decide(plan, restarted, input, run.now)).toEqual(decide(plan, run.state, input, run.now));
  }
}

function keeps(name: string, look: () => void): void {
  try {
    look();
  } catch (error) {
    throw new Error(`Not kept: ${name}. ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

const severalRuns = fc.array(
  fc.record({ happened: happenings, how: fc.constantFrom("started" as const, "fromNothing" as const) }),
  { minLength: RUNS_PER_BOOK, maxLength: RUNS_PER_BOOK },
);

test(`whatever people order and hosts report, in whatever order and however often, ${RUNS} random runs keep every promise`, {
  timeout: 12 * 3_600_000,
}, () => {
  fc.assert(
    fc.property(randomRunbook, severalRuns, (book, runs) => {
      for (const { happened, how } of runs) {
        const random = runThrough(book, happened, how);
        for (const [name, look] of Object.entries(PROMISES)) keeps(name, () => look(random.run.log, book));
        keeps("the log replayed gives the same state", () => replays(random, book));
      }
    }),
    { numRuns: RUNS / RUNS_PER_BOOK },
  );
});

test("the random runs reach every part of a run, so that the promises above are about something", {
  timeout: 130_000,
}, () => {
  const seen = new Map<string, number>();
  const count = (name: string): void => void seen.set(name, (seen.get(name) ?? 0) + 1);
  fc.assert(
    fc.property(randomRunbook, happenings, (book, happened) => {
      const { run } = runThrough(book, happened, "started");
      for (const { event } of run.log) {
        count(event.type === "runEnded" ? `runEnded:${event.outcome}` : event.type);
        if (event.type === "taskOrdered" && event.action === "backup.rotate") count("destroyed");
        if (event.type === "stepBegan" && stepsBeside(book.plan.steps, event.stepId).length > 0) count("beside");
      }
    }),
    { numRuns: 160, seed: 7 },
  );
  const needed = [
    "stepSkipped",
    "stepCancelled",
    "runHeld",
    "runResumed",
    "rollbackBegan",
    "rollbackOrdered",
    "taskRefused",
    "orderRefused",
    "destroyed",
    "beside",
    "pollAsked",
    "pollAnswered",
    "pollClosed",
    "delegated",
    "delegationTakenBack",
    "silenceSigned",
    "triggerSilenced",
    "silenceEnded",
  ];
  const ends = ["runEnded:completed", "runEnded:rolledBack", "runEnded:abandoned"];
  for (const name of [...needed, ...ends, "timerFired", "triggerFired", "gateRefused", "decisionsSpent"]) {
    expect([name, (seen.get(name) ?? 0) > 0]).toEqual([name, true]);
  }
});
