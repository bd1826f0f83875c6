import { readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import { Failure } from "../../domain/failure.ts";
import { TaskId } from "../../domain/ids.ts";
import type { CancelReceipt, TaskReport } from "../../domain/run/taskReport.ts";
import type { Instant } from "../../domain/time.ts";
import type { JournalledOrder } from "../journal/entries.ts";
import type { Journal } from "../journal/journal.ts";
import { replaceFile } from "./durableFile.ts";
import { endTask, groupOf, processesOf, runnerOf } from "./endTask.ts";
import { launchRunner } from "./launchRunner.ts";
import { makeSpool, openSpoolRoot, removeUnbegun } from "./makeSpool.ts";
import { isAlive } from "./processTable.ts";
import type { CancelFile, RunnerReport, SpoolPaths } from "./spoolFiles.ts";
import { SPOOL_VERSION, spoolPaths } from "./spoolFiles.ts";
import type { SupervisedTask } from "./supervisedTask.ts";
import { viewTask } from "./supervisedTask.ts";
import { notStarted, readReport, readUndo, receiptOf, reportOfLost, taskReportOf } from "./taskEnd.ts";
import { openTaskGroups } from "./taskGroup.ts";
import type { TaskWatch } from "./watchTask.ts";
import { watchTask } from "./watchTask.ts";

/** Everything that a task leaves on the host besides processes: mounts, mappings, loop devices, partial files. */
export type Leftovers = CancelReceipt["left"];

export interface SupervisorOptions {
  readonly journal: Journal;
  /** Directory of the spools; made when it is not there, refused when others could write to it. */
  readonly spoolRoot: string;
  /** Absolute path of the module that exports `perform`. */
  readonly performModule: string;
  readonly now: () => Instant;
  /** Most bytes that the output of one task may take on disk. Default 64 MiB. */
  readonly outputLimitBytes?: number;
  /** Asked after a cancel: what the action left behind. Runs in the agent; must not change anything. */
  readonly leftBy?: (order: JournalledOrder) => Promise<Leftovers>;
}

/** Starts tasks, finds them again after a restart, and ends them. */
export interface Supervisor {
  /**
   * Starts a task, or gives the one of that id that was started before: an id is carried out once. Journalled before anything runs.
   * The bundle of secrets is wiped in any case. Rejects, with nothing started, when it can't be written down (`diskFull`).
   */
  start(order: JournalledOrder, bundle: Buffer): Promise<SupervisedTask>;
  /** After a restart of the agent: takes up every task that the journal knows no end of, and goes on with cancels begun. */
  reattach(): Promise<readonly SupervisedTask[]>;
  /** A task that is still to be had, running or ended. */
  find(taskId: TaskId): SupervisedTask | undefined;
  /** The tasks that run now. */
  running(): readonly SupervisedTask[];
  /** Ends a task with all it started. Resolves with its report: `cancelled` with its receipt, or how it had ended just before. */
  cancel(taskId: TaskId, graceMs?: number): Promise<TaskReport>;
  /** Removes the spools of settled tasks, but for the newest `keepNewest`, which the host's owner may still want to read. */
  sweep(keepNewest: number): void;
  /** Stops watching. What runs, runs on. */
  close(): void;
}

const DEFAULT_LIMIT_BYTES = 64 * 1024 * 1024;
const DEFAULT_GRACE_MS = 10_000;
const RETRY_MS = 1_000;
/** How long a runner that this agent did not start may take to claim its task: Node starts slowly on a busy host. */
const STARTUP_MS = 60_000;

interface Held {
  readonly order: JournalledOrder;
  readonly paths: SpoolPaths;
  readonly watch: TaskWatch;
  readonly task: SupervisedTask;
  cancelling: Promise<void> | undefined;
  receipt: CancelReceipt | undefined;
  report: TaskReport | undefined;
  resolve: (report: TaskReport) => void;
  finishing: boolean;
  /** Whether a runner that has not claimed the task yet can still be on its way up. */
  canStillCome: () => boolean;
}

/** Makes a supervisor. Nothing is looked at before `reattach`. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { journal, spoolRoot, now } = options;
  openSpoolRoot(spoolRoot);
  const groups = openTaskGroups(spoolRoot);
  const held = new Map<TaskId, Held>();
  const starting = new Map<TaskId, Promise<SupervisedTask>>();
  let isClosed = false;

  function hold(order: JournalledOrder): Held {
    const known = held.get(order.taskId);
    if (known) return known;
    const taskDir = join(spoolRoot, order.taskId);
    const paths = spoolPaths(taskDir);
    const watch = watchTask(taskDir);
    const { promise, resolve } = Promise.withResolvers<TaskReport>();
    const fresh: Held = {
      order,
      paths,
      watch,
      task: viewTask({
        taskId: order.taskId,
        paths,
        watch,
        ended: promise,
        report: () => fresh.report,
        undoHints: () => readUndo(paths),
      }),
      cancelling: undefined,
      receipt: undefined,
      report: undefined,
      resolve,
      finishing: false,
      canStillCome: () => false,
    };
    held.set(order.taskId, fresh);
    return fresh;
  }

  /** A task that has ended: its report is the journal's, its output is still to be read. */
  function holdEnded(order: JournalledOrder, report: TaskReport): SupervisedTask {
    const one = hold(order);
    settle(one, report);
    return one.task;
  }

  /** Waits for the end of a task that runs: its report, or the death of its runner without one. */
  function follow(one: Held): void {
    const stop = one.watch.onChange(basename(one.paths.report), () => void look());
    const look = async () => {
      if (one.finishing || isClosed) return;
      const runner = runnerOf(one.paths);
      const isGone = runner ? !isAlive(runner) : !one.canStillCome();
      // Asked after the runner: a report that is written as its last act is there when the runner is gone.
      const report = readReport(one.paths);
      if (!report && !isGone) return;
      if (one.cancelling && !one.receipt) return;
      one.finishing = true;
      stop();
      await finish(one, report);
    };
    void look();
  }

  async function finish(one: Held, report: RunnerReport | undefined): Promise<void> {
    const final = report
      ? taskReportOf(report, one.receipt, report.ended.outcome === "cancelled" ? await leftBy(one.order) : [])
      : await reportOfLost(one.order.taskId, one.paths, one.receipt, now);
    // Tried until it is remembered: a full disk must not make a task's end be forgotten.
    for (let isRemembered = false; !isRemembered; ) {
      if (isClosed) return;
      isRemembered = await journal.end(one.order.taskId, final).then(
        () => true,
        () => sleep(RETRY_MS, false),
      );
    }
    settle(one, final);
  }

  /** Says how a task ended. What it left on the disk does not change any more, so that there is nothing to watch. */
  function settle(one: Held, report: TaskReport): void {
    one.report ??= report;
    one.resolve(one.report);
    one.watch.close();
    const group = groupOf(one.paths);
    if (group !== undefined) void groups.remove(group);
  }

  async function leftBy(order: JournalledOrder): Promise<Leftovers> {
    try {
      return (await options.leftBy?.(order)) ?? [];
    } catch (error) {
      const what = `What ${order.action} left behind could not be found out: ${error instanceof Error ? error.message : "unknown"}`;
      return [{ kind: "partialFiles", what: what.slice(0, 1000), cleanUp: "Look at the host by hand." }];
    }
  }

  /** Begins to end a task, once. The wish is on disk first, so that the next agent goes on where this one died. */
  async function beginCancel(one: Held, graceMs: number): Promise<void> {
    const wish: CancelFile = { askedAt: now(), graceMs };
    try {
      replaceFile(one.paths.cancel, JSON.stringify(wish), { durable: true });
    } catch {
      // A full disk. That it ends now matters more than that a later agent would know of it.
    }
    const { ended, left } = await endTask(one.order.taskId, one.paths, graceMs);
    one.receipt = receiptOf([ended], left, await leftBy(one.order));
  }

  async function launch(order: JournalledOrder, bundle: Buffer): Promise<SupervisedTask> {
    const group = groups.make(order.taskId);
    // What it counts for later is not the runner's business.
    const { grounds: _, ...forRunner } = order;
    const taskDir = makeSpool(spoolRoot, {
      version: SPOOL_VERSION,
      ...forRunner,
      ...(group === undefined ? {} : { group }),
      withinMs: Math.max(1, order.withinMs),
      performModule: options.performModule,
      outputLimitBytes: options.outputLimitBytes ?? DEFAULT_LIMIT_BYTES,
      orderedAt: now(),
    });
    await journal.begin(order);
    const one = hold(order);
    try {
      const { exited } = await launchRunner(taskDir, { taskId: order.taskId, group }, bundle);
      // The agent is the parent and is told of the end at once; until then the runner may take what time it needs.
      let hasExited = false;
      one.canStillCome = () => !hasExited;
      void exited.then(() => {
        hasExited = true;
        one.watch.poke();
      });
      follow(one);
      return one.task;
    } catch (error) {
      one.finishing = true;
      const report = notStarted(error, now());
      await journal.end(order.taskId, report);
      return holdEnded(order, report);
    }
  }

  async function start(order: JournalledOrder, bundle: Buffer): Promise<SupervisedTask> {
    const known = journal.find(order.taskId);
    if (known?.order && canonicalJson(known.order) !== canonicalJson(order)) {
      throw new Failure("argumentsInvalid", `The id ${order.taskId} was used before, for another order.`);
    }
    if (known?.report) return holdEnded(known.order ?? order, known.report);
    const running = held.get(order.taskId)?.task ?? starting.get(order.taskId);
    if (running) return running;
    if (known?.order) return takeUp(known.order);
    const launching = launch(order, bundle).finally(() => starting.delete(order.taskId));
    starting.set(order.taskId, launching);
    return launching;
  }

  function takeUp(order: JournalledOrder): SupervisedTask {
    const known = held.get(order.taskId);
    if (known) return known.task;
    const one = hold(order);
    const graceMs = journal.find(order.taskId)?.cancelGraceMs;
    if (graceMs !== undefined) startCancel(one, graceMs);
    // Whoever started it is gone, so that a runner on its way up shows in /proc only; without one there will be none.
    const until = performance.now() + STARTUP_MS;
    one.canStillCome = () => performance.now() < until && processesOf(order.taskId, one.paths).length > 0;
    follow(one);
    return one.task;
  }

  function startCancel(one: Held, graceMs: number): void {
    one.cancelling ??= beginCancel(one, graceMs)
      .catch((error: unknown) => {
        const what = `The cancel broke off: ${error instanceof Error ? error.message : "unknown"}`.slice(0, 1000);
        one.receipt = { ended: [], left: [{ kind: "process", what, cleanUp: "Look at the host by hand." }] };
      })
      .then(() => one.watch.poke());
  }

  return {
    async start(order, bundle) {
      try {
        return await start(order, bundle);
      } finally {
        bundle.fill(0);
      }
    },
    async reattach() {
      groups.sweep();
      const unfinished = journal.unfinishedTasks();
      removeUnbegun(spoolRoot, (taskId) => journal.find(taskId)?.order !== undefined);
      return unfinished.flatMap(({ order }) => (order ? [takeUp(order)] : []));
    },
    find(taskId) {
      const known = held.get(taskId);
      if (known) return known.task;
      const { order, report } = journal.find(taskId) ?? {};
      return order && report ? holdEnded(order, report) : undefined;
    },
    running: () => [...held.values()].flatMap(({ task }) => (task.isRunning ? [task] : [])),
    async cancel(taskId, graceMs = DEFAULT_GRACE_MS) {
      await starting.get(taskId);
      const one = held.get(taskId);
      if (!one) throw new Failure("argumentsInvalid", `There is no task ${taskId} here that could be cancelled.`);
      if (one.report) return one.report;
      if (!one.cancelling) {
        await journal.askCancel(taskId, graceMs).catch(() => undefined);
        startCancel(one, graceMs);
      }
      return one.task.ended;
    },
    sweep(keepNewest) {
      const open = new Set(journal.openTasks().map(({ taskId }) => taskId));
      const settled = readdirSync(spoolRoot)
        .flatMap((name) => TaskId.safeParse(name).data ?? [])
        .filter((taskId) => !open.has(taskId) && !starting.has(taskId) && journal.find(taskId)?.report !== undefined)
        .sort((a, b) => (journal.find(b)?.reportedAt ?? 0) - (journal.find(a)?.reportedAt ?? 0));
      for (const taskId of settled.slice(keepNewest)) {
        held.get(taskId)?.watch.close();
        held.delete(taskId);
        rmSync(join(spoolRoot, taskId), { recursive: true, force: true });
      }
    },
    close() {
      isClosed = true;
      for (const { watch } of held.values()) watch.close();
      held.clear();
    },
  };
}
