import { createHash } from "node:crypto";
import { buildStatement } from "../../domain/decision/buildStatement.ts";
import type { Verdict } from "../../domain/decision/statement.ts";
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
import { Instant } from "../../domain/time.ts";

/** SHA-256 as the server computes it. */
export const sha256 = (text: string): Digest => Digest.parse(createHash("sha256").update(text, "utf8").digest("hex"));

const minute = 60_000;
/** The sample window: two hours from here. Runs are created a day before. */
export const WINDOW_START = Instant.parse(1_700_000_000_000);
export const WINDOW_END = Instant.parse(WINDOW_START + 120 * minute);

const copy = (from: string, to: string) => ({ action: "files.copy", host: "db", with: { from, to } });
const look = (path: string) => ({ action: "files.manifest", host: "db", with: { path } });
const same = { title: "As many files as in the source", expr: "result.files_source == result.files_target" };

/** A small runbook that has one of everything: real language, real actions, checked like any other. */
export const SAMPLE = {
  slackwater: 1,
  id: "sample",
  title: "Move a directory",
  version: "1",
  summary: "Moves a directory and looks whether all of it arrived.",
  risk: "low",
  objective: { rollbackWithin: "30m", safetyMargin: "10m" },
  hosts: { db: { title: "The host" } },
  groups: { approvers: { title: "Those who decide" }, holders: { title: "Those who hold a passphrase" } },
  parameters: {
    from: { type: "path", default: "/srv/old", description: "Where it lies now." },
    to: { type: "path", default: "/srv/new/data", description: "Where it goes." },
  },
  secrets: {},
  facts: {
    "host.cores": { type: "count", title: "Processor cores", freshFor: "48h" },
    "host.aes": { type: "flag", title: "AES instructions", freshFor: "48h" },
    "dir.size_bytes": { type: "size", title: "Size of the directory", freshFor: "48h" },
    "team.is_ready": { type: "flag", title: "The team is ready" },
    "copy.files_count": { type: "count", title: "Files copied" },
    "new.rows_count": { type: "count", title: "Rows written on the new side" },
  },
  checklist: [
    {
      id: "host",
      title: "Host",
      items: [
        {
          id: "measure-host",
          title: "Measure the host",
          measure: {
            action: "host.facts",
            host: "db",
            with: {},
            facts: { "host.cores": "result.cores", "host.aes": "result.aes" },
          },
        },
        {
          id: "measure-size",
          title: "Measure the directory",
          measure: { ...look("{{ params.from }}"), facts: { "dir.size_bytes": "result.size_bytes" } },
        },
      ],
    },
    {
      id: "people",
      title: "People",
      items: [
        {
          id: "team-ready",
          title: "The team is ready",
          confirm: { type: "yesNo", by: ["operator"], fact: "team.is_ready" },
          expect: "value == true",
        },
        { id: "tell-users", title: "Users were told", announce: "notice" },
      ],
    },
  ],
  criteria: {
    go: [
      { id: "cores", title: "At least one core", expr: "facts.host.cores >= 1" },
      {
        id: "aes",
        title: "The processor has AES instructions",
        expr: "facts.host.aes",
        waivable: { by: ["approvers"] },
      },
      { id: "ready", title: "The team is ready", expr: "facts.team.is_ready" },
    ],
    nogo: [{ id: "huge", title: "The directory is larger than 1 TiB", expr: "facts.dir.size_bytes > gib(1024)" }],
  },
  approval: { title: "GO for the move", quorum: { of: ["approvers"], atLeast: 1 } },
  phases: [
    {
      id: "move",
      title: "Move",
      steps: [
        {
          id: "prepare",
          title: "Prepare the target",
          lasts: "5m",
          task: copy("{{ params.from }}", "{{ params.to }}"),
          verify: [same],
          undo: "nothing",
        },
        {
          id: "copy",
          title: "Copy the directory",
          lasts: { perGiB: "1.5m", of: "dir.size_bytes", atLeast: "1m" },
          needs: ["prepare"],
          task: {
            ...copy("{{ params.from }}", "{{ params.to }}"),
            facts: { "copy.files_count": "result.files_target" },
          },
          verify: [same],
          retry: { times: 1, pause: "30s" },
          onFailure: "rollback",
          skippable: false,
        },
        {
          id: "counted",
          title: "Something was copied",
          lasts: "0s",
          gate: {
            title: "Something was copied",
            opensBy: "criteria",
            criteria: [{ id: "some", title: "At least one file", expr: "facts.copy.files_count >= 1" }],
            onNoGo: "rollback",
          },
        },
      ],
    },
    {
      id: "accept",
      title: "Accept",
      steps: [
        {
          id: "try-it",
          title: "Try it",
          lasts: "5m",
          manual: {
            instructions: "Open the page and look whether it works.",
            fields: { works: { title: "It works", type: "yesNo", expect: "value" } },
          },
        },
        {
          id: "keep",
          title: "Keep the new side",
          lasts: "5m",
          gate: {
            title: "Keep the new side",
            quorum: { of: ["approvers"], atLeast: 1 },
            onNoGo: "rollback",
            expires: "30m",
          },
        },
        { id: "say-so", title: "Tell the users", lasts: "1m", announce: { announcement: "finished" } },
        { id: "soak", title: "Watch it", lasts: "10m", wait: { for: "10m" } },
        { id: "look", title: "Look once more", lasts: "1m", task: look("{{ params.to }}"), onFailure: "continue" },
      ],
    },
  ],
  probes: {
    app: { title: "The service", action: "http.check", host: "db", every: "5s", with: { url: "http://127.0.0.1:1" } },
  },
  triggers: [
    {
      id: "app-down",
      title: "The service does not answer",
      probe: "app",
      expr: "probe.consecutive_failures >= 3",
      for: "10s",
      action: "rollback",
      armed: { after: "try-it" },
    },
    {
      id: "app-slow",
      title: "The service is slow",
      probe: "app",
      expr: "probe.value > 100.0",
      action: "hold",
      armed: { after: "prepare" },
    },
  ],
  rollback: {
    steps: [
      {
        id: "copy-back",
        title: "Put the directory back",
        when: 'began("copy")',
        lasts: "20m",
        task: copy("{{ params.to }}", "{{ params.from }}"),
        verify: [same],
      },
      {
        id: "tell-team",
        title: "Tell the team",
        when: 'began("try-it")',
        lasts: "1m",
        manual: { instructions: "Tell the team that the old side is back." },
      },
    ],
    loses: { title: "Rows written on the new side", expr: "has(facts.new.rows_count) ? facts.new.rows_count : 0" },
  },
  announcements: [
    { id: "notice", title: "Notice", audience: "users", at: { before: "7d" }, subject: "Soon", body: "It moves." },
    {
      id: "begun",
      title: "It begins",
      audience: "users",
      at: { on: "started" },
      subject: "Now",
      body: "It moves now.",
    },
    { id: "finished", title: "It is done", audience: "users", at: { on: "anytime" }, subject: "Done", body: "Done." },
  ],
  signOff: { before: "The checklist is done.", after: "All of it was verified." },
} as const;

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
      hosts: { [Object.keys(plan.runbook.hosts)[0] ?? "db"]: { hostId: HOST, keyFingerprint: sha256("host key") } },
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
  decide(actor: Actor, verdict: Verdict = "GO", gateId: GateId | string = GO_GATE): Decision {
    const gate = findGate(this.plan, GateIdSchema.parse(gateId));
    if (gate === undefined) throw new Error(`no gate ${gateId}`);
    this.#nonce += 1;
    const statement = buildStatement(this.state, this.plan, gate, {
      verdict,
      approver: actor.userId,
      nonce: String(this.#nonce).padStart(43, "0"),
      now: this.now,
      chainHead: sha256("head"),
    });
    return this.order({ order: "decide", gateId: gate.gateId, decision: { statement, signature: SIGNATURE } }, actor);
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

  /** Prepared, approved by Anna, and the window's start has come. */
  approve(): this {
    this.prepare();
    this.order({ order: "askApproval" });
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

const SIGNATURE = {
  kind: "passkey",
  credentialId: "AA",
  clientDataJSON: "AA",
  authenticatorData: "AA",
  signature: "AA",
  publicKey: "AA",
  software: true,
} as const;
