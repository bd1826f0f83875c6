import { actionNamed } from "../../domain/action/catalog.ts";
import { secretsOf } from "../../domain/action/defineAction.ts";
import type { SignedDecision } from "../../domain/decision/statement.ts";
import type { Digest, HostId, RunId, TaskId, UserId } from "../../domain/ids.ts";
import type { LocalActor, LocalInput, LocalTurn } from "../../domain/localRun/localTurn.ts";
import { inputOf } from "../../domain/localRun/localTurn.ts";
import { digestAfter, giveBackText, localTurnText, takeOverText } from "../../domain/localRun/signedTexts.ts";
import type { Head } from "../../domain/run/chain.ts";
import type { Decision } from "../../domain/run/decide.ts";
import { decide } from "../../domain/run/decide.ts";
import type { EventOf, RunEvent } from "../../domain/run/events.ts";
import { evolve, fold } from "../../domain/run/evolve.ts";
import type { Order } from "../../domain/run/intents.ts";
import type { RunState, TaskState } from "../../domain/run/state.ts";
import { isActive } from "../../domain/run/stepOf.ts";
import { Instant } from "../../domain/time.ts";
import { authorityOf } from "../../protocol/authority.ts";
import { orderOf } from "../../protocol/orderOf.ts";
import { sha256 } from "../approval/ownReading.ts";
import type { Identity } from "../identity.ts";
import type { Tasks, TaskWord } from "../link/tasks.ts";
import type { PackedRun } from "../runPack/readRun.ts";
import { appendTurn } from "./localFiles.ts";

export interface LocalRunParts {
  readonly run: PackedRun;
  readonly identity: Identity;
  readonly hostId: HostId;
  /** Of `local.jsonl`. */
  readonly path: string;
  readonly tasks: Pick<Tasks, "orderHere" | "cancelHere" | "reportOf">;
  readonly now: () => Instant;
  readonly log: (line: string) => void;
  /** Something was decided: there may be something to show and to join. */
  readonly moved: () => void;
}

/** An event that this host made, as it is told in the terminal. */
export interface LocalEvent {
  readonly at: Instant;
  readonly event: RunEvent;
  /** The run after it. */
  readonly state: RunState;
}

/** A run that this host carries on by itself: what the engine is at the server, with the same `decide`, on the log of the pack. */
export interface LocalRun {
  readonly runId: RunId;
  readonly run: PackedRun;
  state(): RunState;
  turns(): readonly LocalTurn[];
  events(): readonly LocalEvent[];
  /** False once it was given back. */
  isOurs(): boolean;
  /** What a person at the terminal orders. Throws, and nothing is done, where it can't be written down. */
  order(order: Order, actor: LocalActor): Decision;
  /** What an approver signed; the signature has been checked. Throws as `order` does. */
  decide(decision: SignedDecision, actor: LocalActor): Decision;
  /** The event of the server's log that this host stands on; undefined before it took over. */
  from(): Head | undefined;
  giveBack(by: UserId): void;
  /** Time has passed, or a task has ended. */
  look(): void;
}

/** Between the polite end of a cancelled task and the hard one, as the server asks for it. */
const CANCEL_GRACE_MS = 10_000;

/** Takes a run over: the first turn, signed, on the disk. Throws what the disk refuses. */
export function beginLocalRun(parts: LocalRunParts, by: UserId): LocalRun {
  const { identity, hostId, run } = parts;
  const { runId, head: from } = run.pack;
  const signature = identity.sign(takeOverText({ runId, hostId, by, from }));
  const takeOver = { hostId, by, from, publicKey: identity.publicKey, signature };
  const local = resumeLocalRun(parts, { turns: [], soundBytes: 0 });
  local.take({ kind: "takeOver", takeOver });
  return local;
}

/**
 * Takes a run up again from its turns: after a restart of the agent. What they say was done before is not judged again; tasks whose
 * end is not known are asked for by their ids, which are carried out once.
 */
export function resumeLocalRun(
  parts: LocalRunParts,
  known: { readonly turns: readonly LocalTurn[]; readonly soundBytes: number },
): LocalRun & { take(input: LocalInput): Decision } {
  const { run, identity, hostId, tasks, log } = parts;
  const { plan, pack } = run;
  const { runId } = pack;
  const turns: LocalTurn[] = [];
  const events: LocalEvent[] = [];
  const asked = new Set<TaskId>();
  let state = baseOf(run, known.turns[0]);
  let digest: Digest | undefined;
  let bytes = known.soundBytes;

  const remember = (turn: LocalTurn): void => {
    for (const event of turn.events) {
      state = evolve(state, { seq: state.seq + 1, at: turn.at, event });
      events.push({ at: turn.at, event, state });
    }
    digest = turn.digest;
    turns.push(turn);
  };
  for (const turn of known.turns) remember(turn);

  const isOurs = (): boolean => state.takenOver?.hostId === hostId;

  const take = (input: LocalInput): Decision => {
    const given = inputOf(input, state, hostId);
    if (given === undefined) throw new TypeError(`${input.kind} is nothing that a host decides on`);
    const at = Instant.parse(Math.max(parts.now(), state.lastEventAt));
    const decision = decide(plan, state, given, at, hostId);
    if (decision.events.length === 0) return decision;
    const after = decision.events.reduce<Digest | undefined>(
      (before, event) => digestAfter(before, { at, event }, sha256),
      digest,
    );
    if (after === undefined) throw new TypeError("events have a digest");
    const signature = identity.sign(localTurnText({ runId, digest: after }));
    const turn: LocalTurn = {
      ...{ before: events.length, at, input, digest: after, signature },
      events: [...decision.events],
    };
    // On the disk before anything is done on it: what a restart does not find was never begun.
    bytes = appendTurn(parts.path, turn, bytes);
    remember(turn);
    for (const event of turn.events) log(`local run ${runId}: ${event.type}`);
    act(turn.events);
    parts.moved();
    return decision;
  };

  const act = (made: readonly RunEvent[]): void => {
    for (const event of made) {
      if (event.type === "taskOrdered") orderTask(event);
      if (event.type === "taskCancelOrdered") tasks.cancelHere(event.taskId, CANCEL_GRACE_MS);
    }
  };

  const orderTask = (event: EventOf<"taskOrdered">): void => {
    if (event.hostId !== hostId || asked.has(event.taskId)) return;
    asked.add(event.taskId);
    const spec = actionNamed(event.action);
    const wanted = spec === undefined ? [] : secretsOf(spec, event.arguments);
    const secrets = pack.secrets.filter(({ name }) => wanted.includes(name));
    const authority = authorityOf({ state, plan, head: pack.head });
    tasks.orderHere({ ...orderOf(event), secrets }, authority, hear);
  };

  const hear = (word: TaskWord): void => {
    if (!isOurs() || state.tasks[word.taskId]?.stage !== "ordered") return;
    tryTo(() => {
      if (word.type === "taskAccepted") take({ kind: "taskAccepted", taskId: word.taskId });
      else take({ kind: "taskRefused", taskId: word.taskId, failure: word.failure });
    });
  };

  /** What can't be written down now is tried again at the next look: nothing was done. */
  const tryTo = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      log(`local run ${runId} can't go on now: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  const hearOfTask = ({ taskId }: TaskState): void => {
    const report = tasks.reportOf(taskId);
    if (report !== undefined) take({ kind: "taskEnded", taskId, ended: report });
    else if (!asked.has(taskId)) askAgain(taskId);
  };

  /** Ordered before this host took over, or before the agent was started anew: the order stands in the log. */
  const askAgain = (taskId: TaskId): void => {
    const all = [...pack.events, ...events].map(({ event }) => event);
    const ordered = all.findLast((event) => event.type === "taskOrdered" && event.taskId === taskId);
    if (ordered?.type === "taskOrdered") orderTask(ordered);
    if (state.tasks[taskId]?.stage === "cancelOrdered") tasks.cancelHere(taskId, CANCEL_GRACE_MS);
  };

  const look = (): void => {
    for (const task of Object.values(state.tasks)) {
      if (isOurs() && isActive(task) && task.hostId === hostId) hearOfTask(task);
    }
    if (!isOurs()) return;
    const due = Object.entries(state.timers).filter(([, { firesAt }]) => firesAt <= parts.now());
    for (const [timerId] of due) take({ kind: "timerFired", timerId });
    take({ kind: "wake" });
    // Nothing is left to be decided here; signing it off is the server's part.
    const by = state.takenOver?.by;
    if (state.stage === "ended" && by !== undefined) giveBack(by);
  };

  const giveBack = (by: UserId): void => {
    if (digest === undefined) return;
    const signature = identity.sign(giveBackText({ runId, hostId, by, digest }));
    take({ kind: "giveBack", giveBack: { hostId, by, signature } });
  };

  return {
    ...{ runId, run, take, giveBack, isOurs },
    state: () => state,
    turns: () => turns,
    events: () => events,
    order: (order, actor) => take({ kind: "order", order, actor }),
    decide: (decision, actor) => take({ kind: "decision", decision, actor }),
    from: () => {
      const input = turns[0]?.input;
      return input?.kind === "takeOver" ? input.takeOver.from : undefined;
    },
    look: () => tryTo(look),
  };
}

/** Where a host began: the run after the event that its first turn names; before there is one, the run as the pack has it. */
function baseOf(packed: PackedRun, first: LocalTurn | undefined): RunState {
  if (first?.input.kind !== "takeOver") return packed.state;
  const { seq } = first.input.takeOver.from;
  const base = fold(packed.pack.events.filter((placed) => placed.seq <= seq));
  if (base === undefined) throw new TypeError("a run is taken over from an event of it");
  return base;
}
