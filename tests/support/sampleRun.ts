import { createHash } from "node:crypto";
import { buildStatement } from "../../domain/decision/buildStatement.ts";
import type { SilenceStatement } from "../../domain/decision/silenceStatement.ts";
import type { Verdict } from "../../domain/decision/statement.ts";
import type { FactValue } from "../../domain/fact/fact.ts";
import { FactName } from "../../domain/fact/fact.ts";
import { GO_GATE } from "../../domain/gate/goGate.ts";
import type { GateId, TaskId } from "../../domain/ids.ts";
import { Digest, GateId as GateIdSchema, HostId, RunId, StepId, UserId, WindowId } from "../../domain/ids.ts";
import type { Actor, Role } from "../../domain/run/actor.ts";
import type { Decision } from "../../domain/run/decide.ts";
import { decide } from "../../domain/run/decide.ts";
import type { RunEvent } from "../../domain/run/events.ts";
import type { Placed } from "../../domain/run/evolve.ts";
import { evolve } from "../../domain/run/evolve.ts";
import { findGate } from "../../domain/run/findStep.ts";
import type { Order, Report } from "../../domain/run/intents.ts";
import type { RunState } from "../../domain/run/state.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import { compileRunbook } from "../../domain/runbook/compile.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";
import type { Parameters } from "../../domain/runbook/parameters.ts";
import { buildSilence } from "../../domain/silence/buildSilence.ts";
import { Instant } from "../../domain/time.ts";
import { SAMPLE } from "./sampleRunbook.ts";

export { SAMPLE } from "./sampleRunbook.ts";

/** SHA-256 as the server computes it. */
export const sha256 = (text: string): Digest => Digest.parse(createHash("sha256").update(text, "utf8").digest("hex"));

const minute = 60_000;
/** The sample window: two hours from here. Runs are created a day before. */
export const WINDOW_START = Instant.parse(1_700_000_000_000);
export const WINDOW_END = Instant.parse(WINDOW_START + 120 * minute);

/** Compiles a runbook given as an object (JSON is YAML). Throws with the problems when it is not right. */
export function compileSample(runbook: object = SAMPLE): CompiledRunbook {
  const compilation = compileRunbook(JSON.stringify(runbook, null, 1), sha256);
  if (!compilation.ok) throw new Error(compilation.problems.map(({ message }) => message).join("\n"));
  return compilation.compiled;
}

/** A person with roles and groups. */
export function person(id: string, roles: readonly Role[], groups: readonly string[] = []): Actor {
  return { userId: UserId.parse(id), roles: new Set(roles), groups, signatureValid: true };
}

export const OWNER = person("owner", ["operator", "approver"], ["approvers"]);
export const OPERATOR = person("operator", ["operator"]);
export const ANNA = person("anna", ["approver"], ["approvers"]);
export const BEN = person("ben", ["approver"], ["approvers"]);
export const HOST = HostId.parse("7b9f3f0e-2f5c-4b6a-9f0a-0c1d2e3f4a5b");

/** What every copy of the sample says when all went well; `files` makes source and target differ or not. */
export function copied(filesTarget = 10, filesSource = 10): Record<string, unknown> {
  return { files_source: filesSource, files_target: filesTarget, bytes_source: 5, bytes_target: 5 };
}

/** A run of a runbook as the server would keep it, without a server: a log, its fold, a clock that only moves when told. */
export class SampleRun {
  readonly plan: CompiledRunbook;
  readonly log: Placed[] = [];
  state: RunState;
  now: Instant;
  #nonce = 0;

  constructor(
    plan: CompiledRunbook = compileSample(),
    now: Instant = Instant.parse(WINDOW_START - 24 * 60 * minute),
    parameters: Parameters = { from: "/srv/old", to: "/srv/new/data" },
    fingerprint: Digest = sha256("host key"),
  ) {
    this.plan = plan;
    this.now = now;
    const event: RunEvent = {
      type: "runCreated",
      runId: RunId.parse("4b9ae1c6-7a52-4d25-8f55-1b5d9d9b2d10"),
      windowId: WindowId.parse("0c39a1f3-6f55-4f0b-9a3e-7d2c1b0a9f8e"),
      kind: "live",
      runbookDigest: plan.digests.whole,
      executableDigest: plan.digests.executable,
      parameters,
      hosts: { [Object.keys(plan.runbook.hosts)[0] ?? "db"]: { hostId: HOST, keyFingerprint: fingerprint } },
      windowStartsAt: WINDOW_START,
      windowEndsAt: WINDOW_END,
      requestedBy: [OWNER.userId],
    };
    const placed = { seq: 1, at: this.now, event };
    this.log.push(placed);
    this.state = evolve(undefined, placed);
  }

  /** The types of all events since a number, for short comparisons. */
  typesSince(seq: number): string[] {
    return this.log.filter((placed) => placed.seq > seq).map(({ event }) => event.type);
  }

  order(order: Order, actor: Actor = OPERATOR): Decision {
    return this.#take(decide(this.plan, this.state, { order, actor }, this.now));
  }

  report(report: Report): Decision {
    return this.#take(decide(this.plan, this.state, { report }, this.now));
  }

  /** Lets time pass and wakes the run. */
  pass(ms: number): Decision {
    this.now = Instant.parse(this.now + ms);
    return this.report({ report: "wake" });
  }

  /** Measures a fact anew, as a person who attests it. */
  measured(name: string, value: FactValue): Decision {
    const source = { kind: "person", userId: OPERATOR.userId, reason: "" } as const;
    const fact = { name: FactName.parse(name), value, measuredAt: this.now, source };
    return this.report({ report: "factsMeasured", facts: [fact] });
  }

  /** The running task of a step. */
  taskOf(step: string): TaskId {
    const taskId = this.state.steps[StepId.parse(step)]?.taskId;
    if (taskId === undefined) throw new Error(`${step} has no task`);
    return taskId;
  }

  /** Its agent accepts the task of a step and ends it well. */
  succeed(step: string, result: Record<string, unknown> = copied()): Decision {
    return this.end(step, { outcome: "succeeded", result, ...this.times() });
  }

  fail(step: string, code: "programFailed" | "copyDiffers" = "programFailed"): Decision {
    return this.end(step, { outcome: "failed", failure: { code, message: "It ended with 23." }, ...this.times() });
  }

  cancelled(step: string): Decision {
    return this.end(step, { outcome: "cancelled", receipt: { ended: [], left: [] }, ...this.times() });
  }

  unknown(step: string): Decision {
    return this.end(step, {
      outcome: "unknown",
      failure: { code: "unknownOutcome", message: "No report." },
      ...this.times(),
    });
  }

  end(step: string, ended: TaskReport): Decision {
    const taskId = this.taskOf(step);
    this.report({ report: "taskAccepted", taskId });
    return this.report({ report: "taskEnded", taskId, ended, facts: [] });
  }

  times(): { startedAt: Instant; endedAt: Instant; outputBytes: number } {
    return { startedAt: this.now, endedAt: this.now, outputBytes: 0 };
  }

  /** Signs a decision at a gate as the Decide page would make it now. */
  decide(
    actor: Actor,
    verdict: Verdict = "GO",
    gateId: GateId | string = GO_GATE,
    reason?: string,
    inPlaceOf?: UserId,
  ): Decision {
    const gate = findGate(this.plan, GateIdSchema.parse(gateId));
    if (gate === undefined) throw new Error(`no gate ${gateId}`);
    this.#nonce += 1;
    const statement = buildStatement(this.state, this.plan, gate, {
      verdict,
      approver: actor.userId,
      nonce: String(this.#nonce).padStart(43, "0"),
      now: this.now,
      chainHead: sha256("head"),
      reason,
      inPlaceOf,
    });
    return this.order({ order: "decide", gateId: gate.gateId, decision: { statement, signature: SIGNATURE } }, actor);
  }

  /** Signs that a trigger be silenced, as the Run page would make it now. */
  silence(
    actor: Actor,
    triggerId: string,
    wish: { until: Instant; untilStep?: StepId; reason?: string },
    changes: Partial<SilenceStatement> = {},
  ): Decision {
    const trigger = this.plan.triggers.find(({ id }) => id === triggerId);
    if (trigger === undefined) throw new Error(`no trigger ${triggerId}`);
    this.#nonce += 1;
    const statement = buildSilence(
      this.state,
      this.plan,
      { reason: "It fires at the backup, which is known.", ...wish, trigger },
      {
        approver: actor.userId,
        nonce: String(this.#nonce).padStart(43, "0"),
        now: this.now,
        chainHead: sha256("head"),
      },
    );
    const silence = { statement: { ...statement, ...changes }, signature: SIGNATURE };
    return this.order({ order: "silenceTrigger", triggerId, silence }, actor);
  }

  /** Measures and confirms everything that the sample's checklist asks. */
  prepare(): this {
    const itemIds = ["measure-host", "measure-size"].map((id) => StepId.parse(id));
    this.order({ order: "measure", itemIds });
    this.succeed("measure-host", { cores: 4, aes: true });
    this.succeed("measure-size", { size_bytes: 2 ** 31 });
    this.order({ order: "confirmItem", itemId: StepId.parse("team-ready"), value: true, reason: "All are here." });
    this.order({ order: "confirmItem", itemId: StepId.parse("tell-users"), value: true, reason: "" });
    return this;
  }

  /** Prepared, and its GO is asked for. */
  askApproval(): this {
    this.prepare();
    this.order({ order: "askApproval" });
    return this;
  }

  /** Asked for, approved by Anna, and the window's start has come. */
  approve(): this {
    this.askApproval();
    this.decide(ANNA);
    this.now = WINDOW_START;
    return this;
  }

  start(): this {
    this.approve();
    this.order({ order: "start" });
    return this;
  }

  #take(decision: Decision): Decision {
    for (const event of decision.events) {
      const placed = { seq: this.state.seq + 1, at: this.now, event };
      this.state = evolve(this.state, placed);
      this.log.push(placed);
    }
    return decision;
  }
}

/** A started run of the sample with other forward steps, and no way back. */
export function runOfSteps(...written: readonly object[]): SampleRun {
  const steps = written.map((each) => ("parallel" in each ? each : { undo: "nothing", ...each }));
  const phases = [{ ...SAMPLE.phases[0], steps }];
  return new SampleRun(compileSample({ ...SAMPLE, triggers: [], probes: {}, rollback: { steps: [] }, phases })).start();
}

const SIGNATURE = {
  kind: "passkey",
  credentialId: "AA",
  clientDataJSON: "AA",
  authenticatorData: "AA",
  signature: "AA",
  publicKey: "AA",
  software: true,
} as const;
