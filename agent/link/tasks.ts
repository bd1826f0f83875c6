import type { ActionSpec } from "../../domain/action/defineAction.ts";
import { secretsOf } from "../../domain/action/defineAction.ts";
import type { FailureReport } from "../../domain/failure.ts";
import { Failure } from "../../domain/failure.ts";
import type { Digest, RunId, TaskId } from "../../domain/ids.ts";
import { partsOfTaskId } from "../../domain/ids.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import type { Instant } from "../../domain/time.ts";
import type { AgentFrame, Authority, ServerFrame, TaskOrder } from "../../protocol/agent.ts";
import type { ActionRegistry } from "../actions/action.ts";
import type { Judge, Warrant } from "../approval/authorise.ts";
import { authorise } from "../approval/authorise.ts";
import type { PastTask } from "../approval/ownFacts.ts";
import { assertOwnOrder } from "../approval/ownOrder.ts";
import { doneAsInText } from "../approval/ownReading.ts";
import type { AgentConfig } from "../config.ts";
import type { HoldSwitch } from "../control/hold.ts";
import type { Journal } from "../journal/journal.ts";
import type { Ground } from "../policy/checkRole.ts";
import type { CheckedTask } from "../policy/checkTask.ts";
import { checkTask } from "../policy/checkTask.ts";
import type { Supervisor } from "../process/supervise.ts";
import type { SupervisedTask } from "../process/supervisedTask.ts";
import type { RunKeys } from "../runKey/runKey.ts";
import { bundleFor } from "../secrets/bundleFor.ts";
import type { Connection } from "./connection.ts";
import type { Delivery } from "./delivery.ts";

/** What orders become on this host: judged, written down, carried out, reported. */
export interface Tasks {
  /** An order. An id is carried out once; asked again it is answered with what is known. */
  order(frame: Extract<ServerFrame, { type: "task" }>, connection: Connection): void;
  /** An order of this host's own: the same judging, the same answers, given to `answer`. */
  orderHere(order: TaskOrder, authority: Authority, answer: (word: TaskWord) => void): void;
  /** A cancel of this host's own. */
  cancelHere(taskId: TaskId, graceMs: number): void;
  /** How a task ended, as the journal has it; undefined while that is not known. */
  reportOf(taskId: TaskId): TaskReport | undefined;
  /** A cancel. What was refused is answered with its refusal again: the server may not have heard it. */
  cancel(taskId: TaskId, graceMs: number, connection: Connection): void;
  /** After a start of the agent: takes up what runs, and what was not delivered. Resolves before the link is opened. */
  takeUp(): Promise<void>;
  /** Cancels everything that runs, by word of the host's owner. */
  cancelAll(graceMs: number): void;
  /** For `status`. */
  list(): { taskId: TaskId; action: string; running: boolean }[];
  /** Resolves when no order is being judged. */
  settled(): Promise<void>;
}

/** What is said of an order: it has begun, or why not. */
export type TaskWord = Extract<AgentFrame, { type: "taskAccepted" | "taskRefused" }>;

export interface TasksOptions {
  readonly actions: ActionRegistry;
  readonly config: AgentConfig;
  readonly ground: Ground;
  readonly judge: Pick<Judge, "fingerprint" | "hostId" | "compile">;
  readonly journal: Journal;
  readonly supervisor: Supervisor;
  readonly delivery: Delivery;
  readonly runKeys: RunKeys;
  readonly hold: HoldSwitch;
  readonly now: () => Instant;
  readonly log: (line: string) => void;
  /** Live values, to whatever connection there is. */
  offer(frame: AgentFrame): void;
  /** Before a task that stops the database is started. */
  beforeDatabaseStop(runId: RunId): Promise<void>;
  /** A task has just been started. */
  began(task: SupervisedTask): void;
  /** A task has ended, or (without a report) could not be started: was the database stopped or started by it? */
  afterTask(spec: ActionSpec | undefined, report: TaskReport | undefined): void;
  /** A task has ended, and its report is in the journal. */
  ended(taskId: TaskId, report: TaskReport): void;
  /** Whether the server has no say about a run: this host carries it on by itself. */
  isOwn(runId: RunId): boolean;
  /** A decision was verified here. */
  warranted(warrant: Extract<Warrant, { kind: "decisions" }>): void;
}

/** An order that may be carried out. */
interface JudgedOrder {
  readonly checked: CheckedTask;
  /** See Warrant. */
  readonly grounds: Digest | undefined;
}

const HOUR_MS = 3_600_000;

export function createTasks(options: TasksOptions): Tasks {
  const { journal, supervisor, delivery } = options;
  const running = new Set<TaskId>();
  // One order at a time: a cancel must find the order before it begun or refused, and two orders must not share the last free place.
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    turn = turn.then(work).catch((error: unknown) => options.log(`defect: ${wordsOf(error)}`));
  };

  async function carryOut(order: TaskOrder, authority: Authority, answer: (word: TaskWord) => void): Promise<void> {
    const { taskId } = order;
    const known = journal.find(taskId);
    if (known?.refused !== undefined) return answer({ type: "taskRefused", taskId, failure: known.refused });
    if (known?.order !== undefined || known?.report !== undefined) {
      answer({ type: "taskAccepted", taskId });
      return takeUpKnown(taskId);
    }
    try {
      const { checked, grounds } = await judgeOrder(order, authority);
      const task = await begin(order, checked, grounds);
      // Before anything of its output leaves: what comes of a task that was not accepted would make no sense to the server.
      answer({ type: "taskAccepted", taskId });
      follow(task, order.action);
    } catch (error) {
      const failure = asFailure(error).toReport();
      options.log(`refused ${taskId} ${order.action}: ${failure.code}: ${failure.message}`);
      await remember(taskId, failure);
      answer({ type: "taskRefused", taskId, failure });
    }
  }

  /** Not answered either: a refusal would be written under the id that the host's own order of this step has. */
  function isLeftAlone(taskId: TaskId, what: string): boolean {
    const { runId } = partsOfTaskId(taskId);
    if (!options.isOwn(runId)) return false;
    options.log(`${what} ${taskId} of the server is left alone: this host carries run ${runId} on by itself`);
    return true;
  }

  /** A refusal that can't be written down (a full disk) is still said: nothing was done, and nothing will be under this id. */
  async function remember(taskId: TaskId, failure: FailureReport): Promise<void> {
    await journal.refuse(taskId, failure).catch((error: unknown) => options.log(`not journalled: ${wordsOf(error)}`));
  }

  async function judgeOrder(order: TaskOrder, authority: Authority): Promise<JudgedOrder> {
    const held = options.hold.current();
    if (held !== undefined) {
      throw new Failure("notPermitted", `The owner of this host holds its agent: ${held.reason || "no reason given"}.`);
    }
    const { tasksAtOnce } = options.config.ceilings;
    if (running.size >= tasksAtOnce) {
      throw new Failure(
        "notPermitted",
        `${running.size} tasks run here, and agent.yaml allows ${tasksAtOnce} at once.`,
      );
    }
    const checked = checkTask(options.actions, order, options.config, options.ground);
    const { runId } = partsOfTaskId(order.taskId);
    const past = pastOf(journal, order.taskId);
    const now = options.now();
    const warrant = await authorise(checked.spec, order, authority, {
      ...options.judge,
      config: options.config,
      past,
      now,
    });
    if (warrant.kind === "decisions") {
      assertOwnOrder(order.action, checked.args, { past, asInText: doneAsInText(past, authority) });
      options.warranted(warrant);
    }
    await journal.noteChainHead(runId, authority.chainHead);
    return { checked, grounds: warrant.grounds };
  }

  async function begin(
    order: TaskOrder,
    { spec, args }: CheckedTask,
    grounds: Digest | undefined,
  ): Promise<SupervisedTask> {
    const { taskId, action, inspectFirst } = order;
    const secretNames = secretsOf(spec, args);
    const bundle = await bundleFor(secretNames, order.secrets, partsOfTaskId(taskId).runId, options.runKeys);
    if (spec.stopsDatabase === true) await options.beforeDatabaseStop(partsOfTaskId(taskId).runId);
    const withinMs = Math.min(order.withinMs, options.config.ceilings.taskHours * HOUR_MS);
    const journalled = { taskId, action, arguments: args, inspectFirst, withinMs, secretNames };
    const started = supervisor.start(grounds === undefined ? journalled : { ...journalled, grounds }, bundle);
    started.then(options.began, () => options.afterTask(spec, undefined));
    options.log(`began ${taskId} ${action}`);
    return started;
  }

  function follow(task: SupervisedTask, action: string, report?: TaskReport): void {
    const { taskId } = task;
    delivery.add({ taskId, output: task.output, ...(report === undefined ? {} : { report }) });
    if (report !== undefined || running.has(taskId)) return;
    running.add(taskId);
    const stop = task.onProgress(({ at, progress }) => options.offer({ type: "progress", taskId, at, progress }));
    task.ended
      .then((final) => {
        running.delete(taskId);
        options.log(`ended ${taskId} ${action}: ${final.outcome}`);
        delivery.ended(taskId, final);
        options.ended(taskId, final);
        options.afterTask(options.actions.get(action)?.spec, final);
      })
      .finally(stop)
      .catch((error: unknown) => options.log(`defect: ${wordsOf(error)}`));
  }

  /** Gives the server again what it asks for: it may have lost what it had. */
  function takeUpKnown(taskId: TaskId): void {
    const known = journal.find(taskId);
    const task = supervisor.find(taskId);
    if (task !== undefined) follow(task, known?.order?.action ?? "", known?.report);
    else if (known?.report !== undefined) delivery.add({ taskId, output: nothing, report: known.report });
  }

  async function cancelOne(taskId: TaskId, graceMs: number, connection?: Connection): Promise<void> {
    const known = journal.find(taskId);
    if (known?.refused !== undefined) {
      if (connection !== undefined) tell(connection, { type: "taskRefused", taskId, failure: known.refused });
      return;
    }
    if (known?.order === undefined && known?.report === undefined) {
      const at = options.now();
      const receipt = { ended: [], left: [] };
      // Remembered under its id: should the order itself come later, it is answered with this and never begun.
      await journal.end(taskId, { outcome: "cancelled", startedAt: at, endedAt: at, outputBytes: 0, receipt });
      return takeUpKnown(taskId);
    }
    if (known.report !== undefined) return takeUpKnown(taskId);
    options.log(`cancelling ${taskId}`);
    supervisor.cancel(taskId, graceMs).catch((error: unknown) => options.log(`cancel ${taskId}: ${wordsOf(error)}`));
  }

  return {
    order({ order, authority }, connection) {
      if (isLeftAlone(order.taskId, "task")) return;
      inTurn(() => carryOut(order, authority, (word) => tell(connection, word)));
    },
    cancel(taskId, graceMs, connection) {
      if (!isLeftAlone(taskId, "cancel")) inTurn(() => cancelOne(taskId, graceMs, connection));
    },
    orderHere: (order, authority, answer) => inTurn(() => carryOut(order, authority, answer)),
    cancelHere: (taskId, graceMs) => inTurn(() => cancelOne(taskId, graceMs)),
    reportOf: (taskId) => journal.find(taskId)?.report,
    async takeUp() {
      for (const task of await supervisor.reattach()) {
        const action = journal.find(task.taskId)?.order?.action ?? "";
        options.log(`taken up: ${task.taskId} ${action}`);
        if (options.actions.get(action)?.spec.stopsDatabase === true)
          await options.beforeDatabaseStop(partsOfTaskId(task.taskId).runId);
        follow(task, action);
      }
      for (const { taskId, report, isReportAcknowledged, order } of journal.openTasks()) {
        if (report === undefined) continue;
        const output = supervisor.find(taskId)?.output ?? nothing;
        delivery.add({ taskId, output, report, isReportAcknowledged });
        options.log(`not yet delivered: ${taskId} ${order?.action ?? ""}`);
      }
    },
    cancelAll(graceMs) {
      for (const taskId of running) inTurn(() => cancelOne(taskId, graceMs));
    },
    list: () =>
      journal.openTasks().map(({ taskId, order }) => ({
        taskId,
        action: order?.action ?? "",
        running: running.has(taskId),
      })),
    settled: () => turn,
  };
}

async function* nothing(): AsyncGenerator<never, void, undefined> {}

function tell(connection: Connection, frame: AgentFrame): void {
  // Lost with the connection: the server asks again, and is answered from the journal.
  connection.send(frame).catch(() => {});
}

function pastOf(journal: Journal, taskId: TaskId): PastTask[] {
  return journal.tasksOfRun(partsOfTaskId(taskId).runId).flatMap((task) => {
    if (task.order === undefined) return [];
    const { action, arguments: args, grounds } = task.order;
    const known = { taskId: task.taskId, action, arguments: args, grounds };
    return [task.report === undefined ? known : { ...known, report: task.report }];
  });
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure("defect", `The agent failed while it judged the order: ${wordsOf(error)}`, { cause: error });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
