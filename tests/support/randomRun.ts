import fc from "fast-check";
import type { FailureCode } from "../../domain/failure.ts";
import { GO_GATE } from "../../domain/gate/goGate.ts";
import type { TaskId } from "../../domain/ids.ts";
import { StepId } from "../../domain/ids.ts";
import { openPoll } from "../../domain/poll/poll.ts";
import type { Decision } from "../../domain/run/decide.ts";
import type { Order, Report } from "../../domain/run/intents.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";
import { Instant } from "../../domain/time.ts";
import { ANNA, BEN, copied, HOST, OPERATOR, OWNER, person, SampleRun, sha256 } from "./sampleRun.ts";

/** One thing that happens to a run: what, and a number that chooses among the possibilities. */
export interface Happening {
  readonly kind:
    | "order"
    | "task"
    | "late"
    | "pass"
    | "timer"
    | "probe"
    | "decide"
    | "fact"
    | "poll"
    | "silence"
    | "delegate";
  readonly n: number;
}

const kind = fc.oneof(
  { weight: 5, arbitrary: fc.constant("task" as const) },
  { weight: 4, arbitrary: fc.constant("order" as const) },
  { weight: 2, arbitrary: fc.constant("decide" as const) },
  { weight: 2, arbitrary: fc.constant("pass" as const) },
  { weight: 1, arbitrary: fc.constantFrom("late" as const, "timer" as const, "probe" as const, "fact" as const) },
  { weight: 4, arbitrary: fc.constantFrom("poll" as const, "silence" as const, "delegate" as const) },
);
export const happenings: fc.Arbitrary<readonly Happening[]> = fc.array(fc.record({ kind, n: fc.nat(1_000_000) }), {
  minLength: 5,
  maxLength: 45,
});

const CODES: readonly FailureCode[] = ["programFailed", "copyDiffers", "timedOut", "outputUnreadable"];

/** Lets happenings happen to a run, and remembers what was ever said, to say it again later. */
export class RandomRun {
  readonly run: SampleRun;
  readonly #said: Report[] = [];
  readonly #ordered: TaskId[] = [];
  readonly #timers: string[] = [];
  #seen = 0;

  constructor(plan: CompiledRunbook) {
    this.run = new SampleRun(plan);
  }

  /** Lets one thing happen; gives back what was decided on it, where it was an order. */
  happen({ kind, n }: Happening): Decision | undefined {
    this.#remember();
    switch (kind) {
      case "order":
        return this.run.order(
          this.#order(n),
          [OPERATOR, OPERATOR, OPERATOR, OWNER, ANNA, person("vera", ["viewer"])][n % 6] ?? OPERATOR,
        );
      case "decide": {
        const gate = this.run.plan.gates[n % this.run.plan.gates.length];
        const actor = [ANNA, BEN, OWNER, OPERATOR][(n >> 4) % 4] ?? ANNA;
        const others = [undefined, undefined, ANNA.userId, BEN.userId, OWNER.userId];
        const verdict = (n >> 8) % 5 === 0 ? "NO-GO" : "GO";
        if (gate === undefined) return undefined;
        return this.run.decide(actor, verdict, gate.gateId, undefined, others[(n >> 11) % 5]);
      }
      case "poll":
        return this.run.order(
          this.#poll(n),
          [OPERATOR, ANNA, BEN, OPERATOR, person("vera", ["viewer"])][(n >> 4) % 5] ?? ANNA,
        );
      case "delegate": {
        const people = [ANNA, BEN, OWNER, OPERATOR];
        const from = people[(n >> 2) % 3] ?? ANNA;
        const named = people[(n >> 5) % 4] ?? BEN;
        if (n % 4 === 0) return this.run.order({ order: "takeBackDelegation" }, from);
        const until = Instant.parse(this.run.now + (n % 7) * 60_000);
        return this.run.order({ order: "delegate", to: named.userId, until, reason: "Away." }, { ...from, named });
      }
      case "silence": {
        const trigger = this.run.plan.triggers[n % Math.max(1, this.run.plan.triggers.length)];
        if (trigger === undefined) return undefined;
        if (n % 5 === 0) return this.run.order({ order: "endSilence", triggerId: trigger.id, reason: "No." });
        const actor = [ANNA, BEN, ANNA, OWNER, OPERATOR][(n >> 3) % 5] ?? ANNA;
        const step = this.run.plan.steps[(n >> 9) % this.run.plan.steps.length];
        const ends = (n >> 6) % 3 === 0 && step !== undefined ? { untilStep: step.id } : {};
        // Now and then over at once, or beyond the window.
        const until = Instant.parse(this.run.now + ([60_000, 600_000, 0, 600_000, 40 * 3_600_000][(n >> 4) % 5] ?? 0));
        return this.run.silence(actor, trigger.id, { until, ...ends });
      }
      case "pass":
        this.run.pass((n % 40) * 1000);
        return undefined;
      case "task":
        return this.#say(this.#taskReport(n));
      case "late":
        return this.#say(this.#said[n % Math.max(1, this.#said.length)]);
      case "timer":
        this.#say(
          this.#timers.length === 0
            ? undefined
            : { report: "timerFired", timerId: this.#timers[n % this.#timers.length] ?? "" },
        );
        return undefined;
      case "probe": {
        if (n % 7 === 0) {
          this.#say({ report: "probeMissed", probeId: "app", missed: 1 + (n % 5) });
          return undefined;
        }
        const consecutiveFailures = n % 6;
        const sample = { at: this.run.now, ok: consecutiveFailures === 0, value: 1, consecutiveFailures, detail: "" };
        this.#say({ report: "probeSampled", probeId: "app", sample });
        return undefined;
      }
      case "fact": {
        if (n % 13 === 0) {
          this.#say({ report: "hostRebooted", hostId: HOST, detail: "It was rebooted." });
          return undefined;
        }
        if (n % 23 === 0) {
          this.#say({ report: "runRestored", takenAt: Instant.parse(this.run.now - (n % 600) * 1000) });
          return;
        }
        if (n % 29 === 0) {
          this.#say({ report: "hostKnowsMore", hostId: HOST, seq: 1 + (n % 400), hash: sha256(String(n)) });
          return;
        }
        if (n % 41 === 0) {
          this.#say({ report: "clockMeasured", hostId: HOST, offMs: (n % 2) * 9_000 });
          return undefined;
        }
        const [name, value] = (
          [
            ["team.is_ready", n % 3 !== 0],
            ["copy.files_count", n % 10],
            ["new.rows_count", n % 2],
          ] as const
        )[n % 3] ?? ["copy.files_count", 1];
        const source = { kind: "person", userId: OPERATOR.userId, reason: "" } as const;
        this.#say({
          report: "factsMeasured",
          facts: [{ name: name as never, value, measuredAt: this.run.now, source }],
        });
        return undefined;
      }
      default:
        throw new TypeError("not in the list", { cause: kind satisfies never });
    }
  }

  #say(report: Report | undefined): undefined {
    if (report === undefined) return undefined;
    this.#said.push(report);
    this.run.report(report);
    return undefined;
  }

  #remember(): void {
    for (const { event } of this.run.log.slice(this.#seen)) {
      if (event.type === "taskOrdered") this.#ordered.push(event.taskId);
      if (event.type === "timerSet") this.#timers.push(event.timerId);
    }
    this.#seen = this.run.log.length;
  }

  // Mostly about the newest task or the one before it, which may go on beside it; now and then about an old one.
  #taskReport(n: number): Report | undefined {
    const last = this.#ordered.at(n % 3 === 0 ? -2 : -1) ?? this.#ordered.at(-1);
    const taskId = n % 5 === 0 ? this.#ordered[n % Math.max(1, this.#ordered.length)] : last;
    if (taskId === undefined) return undefined;
    const how = (n >> 3) % 12;
    if (how === 0) return { report: "taskAccepted", taskId };
    if (how === 1) return { report: "taskRefused", taskId, failure: { code: "notAuthorised", message: "No." } };
    return { report: "taskEnded", taskId, ended: this.#ended(how, n), facts: [] };
  }

  #ended(how: number, n: number): TaskReport {
    const times = this.run.times();
    const code = CODES[(n >> 7) % CODES.length] ?? "programFailed";
    if (how === 2) return { outcome: "cancelled", receipt: { ended: [], left: [] }, ...times };
    if (how === 3) return { outcome: "unknown", failure: { code: "unknownOutcome", message: "?" }, ...times };
    if (how <= 5) return { outcome: "failed", failure: { code, message: "It failed." }, ...times };
    const files = (n >> 9) % 8 === 0 ? 9 : 10;
    return {
      outcome: "succeeded",
      result: { ...copied(files), files_count: (n >> 5) % 9, kept_count: 1, cores: 4, aes: true, size_bytes: 5 },
      ...times,
    };
  }

  // Mostly about a gate that is still ahead, mostly answered for the role that the person is in.
  #poll(n: number): Order {
    const { plan, state } = this.run;
    const ahead = plan.gates.filter(
      ({ gateId, spec }) => spec.opensBy === "people" && state.gates[gateId]?.stage !== "open",
    );
    const polled = ahead.filter(({ gateId }) => openPoll(state, gateId) !== undefined);
    const likely = polled.length === 0 || n % 5 === 0 ? ahead : polled;
    const from = n % 9 === 0 || likely.length === 0 ? plan.gates : likely;
    const gateId = from[(n >> 5) % from.length]?.gateId ?? GO_GATE;
    const role = (n >> 4) % 5 === 0 || (n >> 4) % 5 === 3 ? "operator" : "approvers";
    const orders: readonly Order[] = [
      { order: "askPoll", gateId, of: ["operator", "approvers"].slice(n % 2), question: "" },
      { order: "answerPoll", gateId, role, answer: "GO", words: "" },
      { order: "answerPoll", gateId, role, answer: "NO-GO", words: "No." },
      { order: "closePoll", gateId },
    ];
    return orders[polled.length === 0 ? 0 : (n >> 2) % 4] ?? { order: "closePoll", gateId };
  }

  #order(n: number): Order {
    const steps = [...this.run.plan.steps, ...this.run.plan.rollbackSteps, ...this.run.plan.measures];
    const stepId = steps[(n >> 5) % steps.length]?.id ?? StepId.parse("s0");
    const gateId = this.run.plan.gates[(n >> 5) % this.run.plan.gates.length]?.gateId ?? ("go" as never);
    const orders: readonly Order[] = [
      { order: "hold", reason: "" },
      { order: "resume" },
      { order: "resume" },
      { order: "retry", stepId },
      { order: "retry", stepId: this.run.state.hold?.stepId ?? stepId },
      { order: "inspectAgain", stepId },
      { order: "skip", stepId, reason: "No." },
      { order: "skip", stepId: this.run.state.hold?.stepId ?? stepId, reason: "No." },
      { order: "cancelTask", stepId, reason: "" },
      { order: "throttleTask", stepId, setting: { mode: n % 2 === 0 ? "paused" : "full" }, reason: "" },
      { order: "confirmManual", stepId, fields: stepId.startsWith("r") ? {} : { works: n % 4 !== 0 } },
      { order: "confirmManual", stepId, fields: stepId.startsWith("r") ? {} : { works: true } },
      { order: "rollBack", reason: "" },
      { order: "giveRollbackReason", reason: "Why." },
      { order: "takeBack", gateId, reason: "No." },
      { order: "measure", itemIds: [StepId.parse("measure-host")] },
      { order: "start" },
      { order: "askApproval" },
      { order: "waive", criterionId: "aes", reason: "Yes." },
      { order: "writeNote", text: "Note." },
      ...(n % 2 === 0 ? [{ order: "abandon", reason: "No." } as const] : []),
      { order: "signCompletion", allVerified: true, inProduction: true, issues: "" },
    ];
    return orders[n % orders.length] ?? { order: "resume" };
  }
}
