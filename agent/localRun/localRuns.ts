import { Failure } from "../../domain/failure.ts";
import type { Digest, HostId, RunId, TaskId } from "../../domain/ids.ts";
import { partsOfTaskId } from "../../domain/ids.ts";
import type { Decision } from "../../domain/run/decide.ts";
import type { Order } from "../../domain/run/intents.ts";
import { mayBeTakenOver } from "../../domain/run/reports/localRun.ts";
import type { Instant } from "../../domain/time.ts";
import type { PackAbout } from "../../protocol/runPack.ts";
import type { Compile } from "../approval/compileOnce.ts";
import type { AgentConfig } from "../config.ts";
import type { Identity } from "../identity.ts";
import type { Connection } from "../link/connection.ts";
import type { LinkState } from "../link/link.ts";
import type { Tasks } from "../link/tasks.ts";
import type { PackDesk } from "../runPack/packDesk.ts";
import type { PackedRun } from "../runPack/readRun.ts";
import { assertDecided } from "./assertDecided.ts";
import { createJoining } from "./joining.ts";
import { localTurnsPath, readTurns, removeTurns, setTurnsAside } from "./localFiles.ts";
import type { LocalRun } from "./localRun.ts";

/** Somebody of the pack's people. */
export type PackPerson = PackAbout["people"][number];

/** The runs that this host carries on by itself, or could. */
export interface LocalRuns {
  /** Takes up what was carried on before a restart. Resolves before the link is opened. */
  takeUp(): Promise<void>;
  /** Whether the server has no say about a run: taken over, and not all of it joined yet. */
  isOwn(runId: RunId): boolean;
  /** Whether a task's output and report wait until the server knows what was decided here. */
  isKeptBack(taskId: TaskId): boolean;
  find(runId: RunId): LocalRun | undefined;
  /** A run as its pack has it, checked. Throws a Failure that says what is wrong with the pack. */
  read(runId: RunId): Promise<PackedRun>;
  /** Takes a run over for a person. Throws a Failure where it may not be. */
  takeOver(runId: RunId, person: PackPerson): Promise<LocalRun>;
  order(runId: RunId, order: Order, person: PackPerson): Decision;
  giveBack(runId: RunId, person: PackPerson): void;
  /** A run that this host carries on. Throws a Failure where it does not. */
  ours(runId: RunId): LocalRun;
  /** A task has ended. */
  taskEnded(taskId: TaskId): void;
  /** For `status`. */
  list(): { runId: RunId; isOurs: boolean; turns: number; joined: number; refused: boolean }[];
  /** The link is up: what was decided here is offered, and again until it is joined. */
  connect(connection: Connection): void;
  disconnect(): void;
  /** The server has everything up to the turn of this digest. */
  joined(runId: RunId, digest: Digest): void;
  /** The server can't take the turn of this digest. */
  refused(runId: RunId, digest: Digest, because: string): void;
  close(): void;
}

export interface LocalRunsOptions {
  readonly packs: PackDesk;
  readonly identity: Identity;
  readonly hostId: HostId;
  readonly config: AgentConfig;
  readonly compile: Compile;
  readonly tasks: () => Tasks;
  readonly link: () => LinkState;
  /** Nothing of these tasks is ever told the server: it has refused what they were part of. */
  readonly forgetTasks: (taskIds: readonly TaskId[]) => void;
  readonly now: () => Instant;
  readonly log: (line: string) => void;
}

/** Time is looked at so often, as the server does it. */
const LOOK_EVERY_MS = 1000;

/** Keeps the runs that this host carries on. How they are decided is loaded with the first: an agent at rest has none (docs/decisions/0018). */
export function createLocalRuns(options: LocalRunsOptions): LocalRuns {
  const { packs, identity, hostId, log, now } = options;
  const runs = new Map<RunId, LocalRun>();
  const untold = new Set<TaskId>();
  /** Carried on before a restart, and can't be now: whose they are stays as it is, and nothing is begun of them. */
  const stuck = new Set<RunId>();
  const joining = createJoining();
  const looks = setInterval(() => {
    for (const run of runs.values()) run.look();
    joining.look(runs.values());
  }, LOOK_EVERY_MS);

  /** All of it is on record: the server's log says what was done here. */
  const finish = (run: LocalRun): void => {
    const { runId } = run;
    log(`what this host did by itself in run ${runId} is on the server's record`);
    runs.delete(runId);
    joining.forget(runId);
    removeTurns(localTurnsPath(packs.folderOf(runId)));
    if (run.state().stage === "ended") packs.end(runId);
  };

  /** Given back, and the server can't take it: the turns stay for people, and the host listens to the server again. */
  const letGo = (run: LocalRun): void => {
    const { runId } = run;
    runs.delete(runId);
    joining.forget(runId);
    const kept = setTurnsAside(localTurnsPath(packs.folderOf(runId)), now());
    log(`what this host did by itself in run ${runId} is not on the server's record; it lies in ${kept}`);
    const own = run.events().flatMap(({ event }) => (event.type === "taskOrdered" ? [event.taskId] : []));
    for (const taskId of own) untold.add(taskId);
    options.forgetTasks(own);
  };

  const read = async (runId: RunId): Promise<PackedRun> => {
    const { readRun } = await import("../runPack/readRun.ts");
    const pack = packs.read(runId);
    const run = pack.ok ? await readRun(pack.pack, options.compile) : pack.problem;
    if (typeof run === "string") throw new Failure("notPermitted", `The pack of run ${runId} can't be used: ${run}.`);
    return run;
  };

  const partsOf = (run: PackedRun) => ({
    ...{ run, identity, hostId, now, log },
    path: localTurnsPath(packs.folderOf(run.pack.runId)),
    tasks: {
      orderHere: (...words: Parameters<Tasks["orderHere"]>) => options.tasks().orderHere(...words),
      cancelHere: (...words: Parameters<Tasks["cancelHere"]>) => options.tasks().cancelHere(...words),
      reportOf: (taskId: TaskId) => options.tasks().reportOf(taskId),
    },
    moved: () => joining.look(runs.values()),
  });

  const takeUpOne = async (runId: RunId): Promise<void> => {
    const known = readTurns(localTurnsPath(packs.folderOf(runId)));
    if (!known.ok) throw new Failure("journalDamaged", `Run ${runId} can't be carried on: ${known.problem}.`);
    if (known.turns.length === 0) return;
    const { resumeLocalRun } = await import("./localRun.ts");
    runs.set(runId, resumeLocalRun(partsOf(await read(runId)), known));
    log(`run ${runId} is carried on by this host, as before`);
  };

  const ours = (runId: RunId): LocalRun => {
    const run = runs.get(runId);
    if (run?.isOurs() === true) return run;
    throw new Failure("notPermitted", "This host does not carry that run on.");
  };

  const assertOutOfReach = (): void => {
    const link = options.link();
    if (link.state !== "connected") return;
    const since = new Date(link.since).toISOString();
    throw new Failure(
      "notPermitted",
      `The server is there (connected since ${since}): the run goes on at the dashboard. A run never has two who decide.`,
    );
  };

  return {
    async takeUp() {
      for (const runId of packs.runs()) {
        await takeUpOne(runId).catch((error: unknown) => {
          stuck.add(runId);
          log(`run ${runId} was carried on by this host, and can't be now: ${String(error)}`);
        });
      }
    },
    isOwn: (runId) => runs.has(runId) || stuck.has(runId),
    isKeptBack(taskId) {
      if (runs.size === 0 && stuck.size === 0 && untold.size === 0) return false;
      const { runId } = partsOfTaskId(taskId);
      const run = runs.get(runId);
      return untold.has(taskId) || stuck.has(runId) || (run !== undefined && !joining.isDone(run));
    },
    find: (runId) => runs.get(runId),
    read,
    async takeOver(runId, person) {
      if (stuck.has(runId))
        throw new Failure("notPermitted", "What this host did before can't be read: see the agent's log.");
      const known = runs.get(runId);
      if (known?.isOurs() === true) throw new Failure("notPermitted", "This host carries the run on already.");
      assertOutOfReach();
      if (known !== undefined)
        throw new Failure("notPermitted", "It was given back, and the server has not heard of it yet.");
      if (person.role !== "operator" && person.role !== "admin") {
        throw new Failure("notPermitted", `${person.name} is no operator of this window (${person.role}).`);
      }
      const run = await read(runId);
      if (!mayBeTakenOver(run.state)) {
        throw new Failure(
          "notPermitted",
          `The run is ${run.state.stage}: only one with a GO, and not over, can be carried on.`,
        );
      }
      await assertDecided(run, { identity, config: options.config, now: now() });
      const { beginLocalRun } = await import("./localRun.ts");
      // The link may have come back while the runbook was compiled.
      assertOutOfReach();
      const local = beginLocalRun(partsOf(run), person.userId);
      runs.set(runId, local);
      log(`run ${runId} is carried on by this host from event ${run.pack.head.seq} on, by word of ${person.userId}`);
      local.look();
      return local;
    },
    ours,
    order(runId, order, person) {
      const { userId, role, groups } = person;
      return ours(runId).order(order, { userId, role, groups });
    },
    giveBack(runId, person) {
      const run = ours(runId);
      run.giveBack(person.userId);
      if (joining.isRefused(runId)) letGo(run);
    },
    taskEnded: (taskId) => runs.get(partsOfTaskId(taskId).runId)?.look(),
    connect(connection) {
      joining.connect(connection);
      joining.look(runs.values());
    },
    disconnect: joining.disconnect,
    joined(runId, digest) {
      const run = runs.get(runId);
      if (run === undefined) return;
      joining.joined(run, digest);
      if (joining.isDone(run) && !run.isOurs()) finish(run);
      else joining.look(runs.values());
    },
    refused(runId, digest, because) {
      const run = runs.get(runId);
      if (run === undefined || !run.turns().some((turn) => turn.digest === digest)) return;
      log(`the server does not take what this host did by itself in run ${runId}: ${because}`);
      joining.refused(runId);
      if (!run.isOurs()) letGo(run);
    },
    list: () =>
      [...runs.values()].map((run) => ({
        ...{ runId: run.runId, isOurs: run.isOurs(), turns: run.turns().length, joined: joining.doneOf(run) },
        refused: joining.isRefused(run.runId),
      })),
    close: () => clearInterval(looks),
  };
}
