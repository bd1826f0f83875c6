import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Happening } from "../../tests/support/randomRun.ts";
import { happenings, RandomRun } from "../../tests/support/randomRun.ts";
import type { RandomRunbook, When } from "../../tests/support/randomRunbook.ts";
import { randomRunbook } from "../../tests/support/randomRunbook.ts";
import { OPERATOR } from "../../tests/support/sampleRun.ts";
import { canonicalJson } from "../canonicalJson.ts";
import { neededOf, quorumOf } from "../gate/quorum.ts";
import { partsOfTaskId } from "../ids.ts";
import { gateOfTrigger, latestSilenceEnd } from "../silence/buildSilence.ts";
import { decide } from "./decide.ts";
import { RunEvent } from "./events.ts";
import type { Placed } from "./evolve.ts";
import { fold } from "./evolve.ts";
import { findStep, workOf } from "./findStep.ts";

const numRuns = Number(process.env.SLACKWATER_PROPERTY_RUNS ?? 60);
const options = { numRuns, interruptAfterTimeLimit: 120_000, markInterruptAsFailure: false };

type Check = (log: readonly Placed[], book: RandomRunbook) => void;

/** Runs random runbooks through random happenings and then looks at the whole log. */
function always(check: Check, how: "started" | "fromNothing" = "started"): void {
  fc.assert(
    fc.property(randomRunbook, happenings, (book, happened) => {
      check(runThrough(book, happened, how).run.log, book);
    }),
    options,
  );
}

function runThrough(book: RandomRunbook, happened: readonly Happening[], how: "started" | "fromNothing"): RandomRun {
  const random = new RandomRun(book.plan);
  if (how === "started") random.run.start();
  else random.run.prepare();
  for (const each of happened) random.happen(each);
  return random;
}

describe("whatever people order and hosts report, in whatever order and however often", () => {
  test("every event is one of the catalogue, as it would be read back from the database", { timeout: 130_000 }, () => {
    always((log) => {
      for (const { event } of log) {
        const stored: unknown = JSON.parse(canonicalJson(event));
        expect(RunEvent.parse(stored)).toEqual(stored);
      }
    });
  });

  test("folding the log gives the very state that was decided on, and a restarted server decides the same", {
    timeout: 130_000,
  }, () => {
    fc.assert(
      fc.property(randomRunbook, happenings, fc.boolean(), (book, happened, fromNothing) => {
        const { run } = runThrough(book, happened, fromNothing ? "fromNothing" : "started");
        const stored = run.log.map((placed) => ({
          ...placed,
          event: RunEvent.parse(JSON.parse(canonicalJson(placed.event))),
        }));
        const restarted = fold(stored);
        expect(restarted).toEqual(run.state);
        if (restarted === undefined) return;
        for (const input of [
          { report: { report: "wake" } },
          { order: { order: "resume" }, actor: OPERATOR },
        ] as const) {
          const later = run.now;
          expect(decide(book.plan, restarted, input, later)).toEqual(decide(book.plan, run.state, input, later));
        }
      }),
      options,
    );
  });

  test("no task is ordered twice, and a step never has two tasks under way", { timeout: 130_000 }, () => {
    always((log) => {
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
    });
  });

  test("steps go one after another: never two of a section at once", { timeout: 130_000 }, () => {
    always((log, book) => {
      const active = new Map<string, string>();
      for (const { event } of log) {
        if (event.type === "stepBegan" && event.section !== "checklist" && event.kind !== "gate") {
          const others = [...active].filter(([id, section]) => section === event.section && id !== event.stepId);
          expect(others).toEqual([]);
          active.set(event.stepId, event.section);
        }
        if ("stepId" in event && ["stepDone", "stepFailed", "stepSkipped", "stepCancelled"].includes(event.type)) {
          active.delete(String(event.stepId));
        }
      }
      expect(book.plan.steps.length).toBeGreaterThan(0);
    });
  });

  test("nothing forward begins while the run is held, rolls back or has ended; nothing at all after its end", {
    timeout: 130_000,
  }, () => {
    always((log) => {
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
    });
  });

  test("no host is changed before the approval gate is open, save by the backups of the preparation", {
    timeout: 130_000,
  }, () => {
    always((log, book) => {
      let isOpen = false;
      for (const { event } of log) {
        if (event.type === "gateOpened" && event.gateId === "go") isOpen = true;
        if (event.type === "gateRefused" && event.gateId === "go") isOpen = false;
        if (event.type === "gateAsked" && event.gateId === "go") isOpen = false;
        if (event.type !== "taskOrdered") continue;
        const step = findStep(book.plan, event.stepId);
        if (step === undefined) throw new Error("a task of no step");
        const work = workOf(step);
        if (work.kind === "task" && step.section !== "checklist") expect(isOpen).toBe(true);
        if (work.kind === "task" && work.task.class === "destroy") expect(isOpen).toBe(true);
      }
    }, "fromNothing");
  });

  test("a rollback contains exactly the steps whose condition holds, in the runbook's order", {
    timeout: 130_000,
  }, () => {
    always((log, book) => {
      const began = new Set<string>();
      const done = new Set<string>();
      for (const { event } of log) {
        if (event.type === "stepBegan" && event.kind !== "task") began.add(event.stepId);
        if (event.type === "taskAccepted" || event.type === "taskEnded") began.add(partsOfTaskId(event.taskId).stepId);
        if (event.type === "stepDone") done.add(event.stepId);
        if (event.type !== "rollbackBegan") continue;
        const holds = (when: When): boolean =>
          when.any.some(({ of, step }) => (of === "began" ? began : done).has(step));
        const expected = Object.entries(book.rollbackWhen).filter(([, when]) => holds(when));
        expect(event.steps).toEqual(expected.map(([id]) => id));
      }
    });
  });

  test("a gate of people opens only by so many different people in so many different places as it asks for, none of them a requester", {
    timeout: 130_000,
  }, () => {
    always((log, book) => {
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
    }, "fromNothing");
  });
});

describe("whatever the room is asked and answers", () => {
  test("the run is just as far, has ordered just as much, and no gate stands otherwise", { timeout: 130_000 }, () => {
    always((log) => {
      let before = fold(log.slice(0, 1));
      for (const placed of log.slice(1)) {
        const after = fold([placed], before);
        if (placed.event.type.startsWith("poll")) {
          const { polls: _polls, seq: _seq, lastEventAt: _at, ...rest } = after ?? {};
          expect(before).toMatchObject(rest);
        }
        before = after;
      }
    }, "fromNothing");
  });
});

describe("whatever is signed to silence a trigger", () => {
  test("it does nothing while it is silenced, it is silenced by as many different people as its gate takes, none of them a requester, and never without an end", {
    timeout: 130_000,
  }, () => {
    always((log, { plan }) => {
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
    });
  });
});

test("the random runs reach every part of a run, so that the promises above are about something", {
  timeout: 130_000,
}, () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(randomRunbook, happenings, (book, happened) => {
      const { run } = runThrough(book, happened, "started");
      for (const { event } of run.log) {
        const name = event.type === "runEnded" ? `runEnded:${event.outcome}` : event.type;
        seen.set(name, (seen.get(name) ?? 0) + 1);
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
