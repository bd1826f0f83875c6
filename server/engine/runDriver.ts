import type pg from "pg";
import type { SignedSilence } from "../../domain/decision/silenceStatement.ts";
import type { SignedDecision } from "../../domain/decision/statement.ts";
import type { RunId } from "../../domain/ids.ts";
import { UserId } from "../../domain/ids.ts";
import type { JoinChecks, Joined } from "../../domain/localRun/joinTurn.ts";
import { joinTurn } from "../../domain/localRun/joinTurn.ts";
import type { Actor } from "../../domain/run/actor.ts";
import { Role } from "../../domain/run/actor.ts";
import type { Input } from "../../domain/run/decide.ts";
import { decide } from "../../domain/run/decide.ts";
import { fold } from "../../domain/run/evolve.ts";
import { Instant } from "../../domain/time.ts";
import type { ProbeWatch } from "../../domain/trigger/probeWatch.ts";
import { lookBackMs, openProbeWatch } from "../../domain/trigger/probeWatch.ts";
import type { InputAnswer } from "../db/effectStatements.ts";
import type { Append } from "../db/eventLog.ts";
import { append, readEvents } from "../db/eventLog.ts";
import type { ProbeRead, RunInput } from "../db/inputs.ts";
import { readingsSince, unansweredInputs } from "../db/inputs.ts";
import type { Notifier } from "../db/notifier.ts";
import type { RunOnRecord, RunReader } from "../db/runReader.ts";
import type { Announcer } from "./announcer.ts";
import { effectsOf } from "./effects.ts";
import type { Jobs } from "./jobs.ts";
import { joinEffects } from "./joinEffects.ts";

/** What driving a run needs. */
export interface DriverParts {
  readonly pool: pg.Pool;
  readonly runs: RunReader;
  readonly notifier: Notifier;
  readonly jobs: Jobs;
  readonly announcer: Announcer;
  /** True where the person's own passkey on record signed the decision's statement, for this site. */
  readonly checkSignature: (signed: SignedDecision | SignedSilence, userId: string) => Promise<boolean>;
  /** Somebody whom an order names; undefined where there is no such person. */
  readonly personNamed: (userId: UserId) => Promise<Actor["named"]>;
  /** Of keys and signatures of hosts. */
  readonly joinChecks: JoinChecks;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

type RunOrder = Extract<RunInput, { kind: "order" }>;
type RunTurn = Extract<RunInput, { kind: "local" }>;

/** Drives one run while this process holds its lease: one input after the other, each decided, appended and answered at once. */
export interface RunDriver {
  readonly runId: RunId;
  readonly fence: bigint;
  /** There may be inputs. */
  look(): void;
  /** Time has passed. */
  wake(): void;
  /** Where the run stands, as far as this process knows; undefined before it was first read. */
  stage(): RunOnRecord["state"]["stage"] | undefined;
  /** True while nothing is being dealt with and nothing is asked for. */
  isAtRest(): boolean;
  /** Takes nothing new, and resolves when what was begun is done. */
  stop(): Promise<void>;
}

/** A run that can't be driven (the database is away, its log is damaged) is tried again after so long, and logged each time. */
const TRY_AGAIN_MS = 3_000;
/** A timer that its job has not told after so long is told by us: two independent ways, each harmless when the other was first. */
const OVERDUE_MS = 3_000;

/** Makes the driver of a run whose lease is held. `lost` is called when the lease turns out to be another's. */
export function createRunDriver(
  parts: DriverParts,
  lease: { readonly runId: RunId; readonly fence: bigint },
  lost: () => void,
): RunDriver {
  const { runId, fence } = lease;
  let run: RunOnRecord | undefined;
  let probes: ProbeWatch | undefined;
  let stopped = false;
  let wanted = { look: true, wake: true };
  let driving: Promise<void> | undefined;
  let restAgain: NodeJS.Timeout | undefined;

  /** The run's own time never goes back, whatever the clock of a process that takes over says. */
  const momentOf = (at: RunOnRecord): Instant => Instant.parse(Math.max(parts.now(), at.state.lastEventAt));

  const load = async (): Promise<RunOnRecord> => {
    const read = await parts.runs.read(runId);
    if (!read) throw new Error(`run ${runId} has no log`);
    return read;
  };

  /** Decides and appends; false when another writer was there first, and nothing happened. */
  const turn = async (input: Input, inputId?: string): Promise<boolean> => {
    const before = run ?? (await load());
    const at = momentOf(before);
    const { plan } = before;
    const decision = decide(plan, before.state, input, at);
    const { events, state } = decision;
    if (events.length === 0 && inputId === undefined) return true;
    const answer: InputAnswer = decision.accepted
      ? { accepted: true, seq: state.seq }
      : { accepted: false, because: decision.because, detail: decision.detail };
    const hosts = Object.values(state.hosts).map((host) => host.hostId);
    const effects = effectsOf(events, hosts, inputId === undefined ? undefined : { inputId, answer });
    const { timers } = effects;
    const order: Append = {
      runId,
      after: before.head,
      fence,
      events,
      at,
      stage: state.stage,
      ...(state.outcome === undefined ? {} : { outcome: state.outcome }),
      effects: effects.rows,
      ...(timers.length === 0
        ? {}
        : { alsoInTransaction: (client: pg.PoolClient) => parts.jobs.setTimers(client, runId, timers) }),
    };
    const head = await append(parts.pool, order);
    if (head === "stale") return false;
    run = { state, head, plan };
    if (events.length > 0) parts.notifier.tell({ about: "run", runId, seq: head.seq });
    for (const hostId of effects.hosts) parts.notifier.tell({ about: "host", hostId });
    if (events.some((event) => event.type === "announcementDue")) await parts.announcer.catchUp(runId);
    return true;
  };

  /** Answers an input that leads nowhere, so that it blocks nothing behind it. */
  const setAside = async (inputId: string, why: string): Promise<boolean> => {
    parts.log(`run ${runId}: input ${inputId} was set aside: ${why}`);
    const at = run ?? (await load());
    const answer: InputAnswer = { accepted: false, because: "defect", detail: why.slice(0, 2000) };
    const { stage, outcome } = at.state;
    const head = await append(parts.pool, {
      runId,
      after: at.head,
      fence,
      events: [],
      at: momentOf(at),
      stage,
      ...(outcome === undefined ? {} : { outcome }),
      effects: { answers: [{ inputId, answer }] },
    });
    return head !== "stale";
  };

  /** A decision's signature is checked here too: whoever can write an order can't thereby sign for somebody. */
  const ordered = async (input: RunOrder): Promise<Input> => {
    const { order, actor } = input;
    const signed =
      order.order === "decide" ? order.decision : order.order === "silenceTrigger" ? order.silence : undefined;
    const isSigned = signed !== undefined && (await parts.checkSignature(signed, actor.userId));
    const orderer = actorOf(input, isSigned);
    const named = order.order === "delegate" ? await parts.personNamed(order.to) : undefined;
    return { order, actor: named === undefined ? orderer : { ...orderer, named } };
  };

  /** Joins what a host decided by itself, or says why not; a run that can't be joined is held where it stands, for people. */
  const join = async ({ id, local }: RunTurn): Promise<boolean> => {
    const before = run ?? (await load());
    const log = await readEvents(parts.pool, runId);
    const { plan, state } = before;
    const joined = joinTurn({ plan, log, state, now: momentOf(before), ...local }, parts.joinChecks);
    const { input } = local.turn;
    if (joined.kind !== "joins") return answerTurn(id, joined, input.kind === "takeOver");
    const behind = input.kind === "takeOver" ? log.slice(input.takeOver.from.seq) : [];
    const { events, at } = joined;
    const all = [...log, ...events.map((event, index) => ({ seq: before.head.seq + 1 + index, at, event }))];
    const after = fold(all);
    if (after === undefined) throw new Error(`run ${runId} has no log`);
    const answer: InputAnswer = { accepted: true, seq: after.seq };
    const timers = events.filter((event) => event.type === "timerSet");
    const head = await append(parts.pool, {
      ...{ runId, after: before.head, fence, events, at, stage: after.stage },
      ...(after.outcome === undefined ? {} : { outcome: after.outcome }),
      effects: joinEffects(events, behind, { inputId: id, answer }),
      ...(timers.length === 0
        ? {}
        : { alsoInTransaction: (client: pg.PoolClient) => parts.jobs.setTimers(client, runId, timers) }),
    });
    if (head === "stale") return false;
    run = { state: after, head, plan };
    parts.notifier.tell({ about: "run", runId, seq: head.seq });
    if (events.some((event) => event.type === "announcementDue")) await parts.announcer.catchUp(runId);
    return true;
  };

  const answerTurn = async (
    inputId: string,
    joined: Exclude<Joined, { kind: "joins" }>,
    isTakeOver: boolean,
  ): Promise<boolean> => {
    if (joined.kind === "refused") {
      parts.log(`run ${runId}: what a host did by itself is not joined: ${joined.because}`);
      // The host believes that it carries the run on: nothing more is begun from here before people have looked.
      if (isTakeOver && !(await turn({ report: { report: "localRunRefused", detail: joined.because } }))) return false;
    }
    const at = run ?? (await load());
    const { stage, outcome, seq } = at.state;
    const answer: InputAnswer =
      joined.kind === "known"
        ? { accepted: true, seq }
        : { accepted: false, because: "localRunRefused", detail: joined.because };
    const head = await append(parts.pool, {
      ...{ runId, after: at.head, fence, events: [], at: momentOf(at), stage },
      ...(outcome === undefined ? {} : { outcome }),
      effects: { answers: [{ inputId, answer }] },
    });
    return head !== "stale";
  };

  const watchOf = async ({ plan, state }: RunOnRecord, now: Instant): Promise<ProbeWatch> => {
    probes ??= openProbeWatch(plan, state, await readingsSince(parts.pool, runId, lookBackMs(plan), now), now);
    return probes;
  };

  /** What a probe read, with what was read before it. One that the runbook does not know is answered, and moves nothing. */
  const readingOf = async ({ probeId, reading }: ProbeRead): Promise<Input> => {
    const before = run ?? (await load());
    const at = momentOf(before);
    const sampled = (await watchOf(before, at)).heard({ probeId, reading, at });
    return { report: sampled ?? { report: "wake" } };
  };

  const deal = async (input: RunInput): Promise<boolean> => {
    if (input.kind === "unreadable") return setAside(input.id, `unreadable: ${input.why}`);
    try {
      if (input.kind === "local") return await join(input);
      if (input.kind === "order") return await turn(await ordered(input), input.id);
      const { report } = input;
      return await turn(report.report === "probeRead" ? await readingOf(report) : { report }, input.id);
    } catch (error) {
      if (!isDefect(error)) throw error;
      return setAside(input.id, String(error));
    }
  };

  const dealWithAll = async (): Promise<boolean> => {
    for (;;) {
      const inputs = await unansweredInputs(parts.pool, runId);
      if (inputs.length === 0) return true;
      for (const input of inputs) {
        if (stopped) return true;
        if (!(await deal(input))) return false;
      }
    }
  };

  const letTimePass = async (): Promise<boolean> => {
    const at = run ?? (await load());
    const overdue = Object.entries(at.state.timers).filter(([, timer]) => timer.firesAt + OVERDUE_MS < parts.now());
    for (const [timerId] of overdue) if (!(await turn({ report: { report: "timerFired", timerId } }))) return false;
    const watch = await watchOf(at, momentOf(at));
    for (const report of watch.missed(at.state, momentOf(at))) if (!(await turn({ report }))) return false;
    return turn({ report: { report: "wake" } });
  };

  const driveOnce = async (): Promise<void> => {
    run ??= await load();
    while (!stopped && (wanted.look || wanted.wake)) {
      const now = wanted;
      wanted = { look: false, wake: false };
      const isOurs = (!now.look || (await dealWithAll())) && (!now.wake || stopped || (await letTimePass()));
      if (isOurs) continue;
      // Somebody else wrote. With our own lease that is a defect; without it, the run is another's now.
      run = undefined;
      parts.runs.forget(runId);
      lost();
      return;
    }
  };

  const drive = (): void => {
    if (driving || stopped) return;
    driving = driveOnce()
      .catch((error: unknown) => {
        parts.log(`run ${runId} can't be driven now: ${error instanceof Error ? error.stack : String(error)}`);
        run = undefined;
        // What was heard and not appended is dealt with once more, and must not count twice.
        probes = undefined;
        parts.runs.forget(runId);
        if (stopped) return;
        clearTimeout(restAgain);
        restAgain = setTimeout(() => want({ look: true, wake: true }), TRY_AGAIN_MS);
      })
      .finally(() => {
        driving = undefined;
        if (restAgain === undefined && (wanted.look || wanted.wake)) drive();
      });
  };
  const want = (more: { look: boolean; wake: boolean }): void => {
    restAgain = undefined;
    wanted = { look: wanted.look || more.look, wake: wanted.wake || more.wake };
    drive();
  };
  drive();

  return {
    runId,
    fence,
    look: () => {
      if (restAgain === undefined) want({ look: true, wake: false });
    },
    wake: () => {
      if (restAgain === undefined) want({ look: false, wake: true });
    },
    stage: () => run?.state.stage,
    isAtRest: () => driving === undefined && !wanted.look && !wanted.wake,
    async stop() {
      stopped = true;
      clearTimeout(restAgain);
      await driving;
    },
  };
}

function actorOf({ actor }: RunOrder, signatureValid: boolean): Actor {
  const role = Role.safeParse(actor.role);
  return {
    userId: UserId.parse(actor.userId),
    roles: new Set(role.success ? [role.data] : []),
    groups: actor.groups,
    ...(actor.sawSeq === undefined ? {} : { sawSeq: actor.sawSeq }),
    signatureValid,
  };
}

/**
 * Our own mistake about this one input, as against a database that is away: the next input may be fine. Of what PostgreSQL says only
 * bad data (22) and broken rules (23) are about the input.
 */
function isDefect(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error) return typeof error.code === "string" && /^2[23]/.test(error.code);
  return !/connection|timeout|terminat/i.test(error.message);
}
