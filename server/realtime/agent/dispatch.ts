import { actionNamed } from "../../../domain/action/catalog.ts";
import { secretsOf } from "../../../domain/action/defineAction.ts";
import type { HostId, RunId, TaskId } from "../../../domain/ids.ts";
import { Instant } from "../../../domain/time.ts";
import type { HealthTarget, ServerFrame } from "../../../protocol/agent.ts";
import { MAX_FRAME_BYTES } from "../../../protocol/agent.ts";
import { authorityOf } from "../../../protocol/authority.ts";
import { runsOfHost } from "../../db/hostLinks.ts";
import type { RunOnRecord } from "../../db/runReader.ts";
import type { OpenTask } from "../../db/tasks.ts";
import { openTasks, recordTaskReport, sealedSecrets } from "../../db/tasks.ts";
import { writeFrame } from "./frames.ts";
import type { PackSender } from "./packs.ts";
import type { AgentGatewayParts } from "./parts.ts";
import type { OrderedProbe, ProbeIntake } from "./probeIntake.ts";
import { watchOf } from "./watch.ts";

/**
 * Tells one agent what the tables hold for it: tasks that it has not answered yet, cancels, throttles, what to watch, keys to make and
 * to forget. At least once: everything is read again on each notice and, where there is work, every two seconds (rounds.ts), and what was
 * not answered is sent again.
 */
export interface Dispatch {
  /** Looks now; a look that is asked for during another one follows it. */
  look(): void;
  /** True where the run is one of the host's, as of the last look. */
  concerns(runId: RunId): boolean;
  close(): Promise<void>;
}

const SEND_AGAIN_MS = 15_000;
/** Between the polite end and the hard one. */
const CANCEL_GRACE_MS = 10_000;

/** Makes the dispatch of one connection; `send` drops what is said after its end. `packs`: of an agent that holds run packs. */
export function createDispatch(
  parts: Pick<AgentGatewayParts, "pool" | "runs" | "notifier" | "log" | "now">,
  hostId: HostId,
  send: (frame: ServerFrame) => void,
  probes: ProbeIntake,
  packs: PackSender | undefined,
): Dispatch {
  /** When something was last sent, by what it was. */
  const sentAtMs = new Map<string, number>();
  let watched = "";
  let runIds: ReadonlySet<RunId> = new Set();
  let closed = false;
  let again = false;
  let looking: Promise<void> | undefined;

  const isDue = (what: string): boolean => {
    const at = sentAtMs.get(what);
    if (at !== undefined && performance.now() - at < SEND_AGAIN_MS) return false;
    sentAtMs.set(what, performance.now());
    return true;
  };

  const sendTask = async (task: OpenTask): Promise<void> => {
    const run = await parts.runs.read(task.runId);
    if (!run) return;
    const spec = actionNamed(task.order.action);
    const names = spec ? secretsOf(spec, task.order.arguments) : [];
    const secrets = names.length === 0 ? [] : await sealedSecrets(parts.pool, task.runId, hostId);
    const wanted = secrets.filter((secret) => names.includes(secret.name));
    const frame: ServerFrame = {
      type: "task",
      order: { ...task.order, secrets: wanted },
      authority: authorityOf(run),
    };
    const sizeBytes = Buffer.byteLength(writeFrame(frame));
    if (sizeBytes > MAX_FRAME_BYTES) return refuseTooLarge(task, sizeBytes);
    // First the event, then the order: a host that is left alone with an order finds it in its pack.
    await bringPack(run);
    send(frame);
  };

  /** Its agent would end the connection over it, come back, and be sent it again, for ever. */
  const refuseTooLarge = async ({ taskId, runId }: OpenTask, sizeBytes: number): Promise<void> => {
    const message = `The order has ${sizeBytes} bytes with the runbook and the signed decisions; an agent takes ${MAX_FRAME_BYTES}. Make the runbook's text shorter.`;
    const failure = { code: "argumentsInvalid", message } as const;
    await recordTaskReport(parts.pool, runId, { report: "taskRefused", taskId, failure });
    parts.notifier.tell({ about: "inputs", runId });
  };

  const lookAtTasks = async (): Promise<void> => {
    for (const task of await openTasks(parts.pool, hostId)) {
      if (task.cancelAsked) {
        if (isDue(`cancel ${task.taskId}`)) send({ type: "cancel", taskId: task.taskId, graceMs: CANCEL_GRACE_MS });
      } else if (!task.accepted && isDue(`task ${task.taskId}`)) {
        await sendTask(task).catch((error: unknown) => sayNotSent(task.taskId, error));
      } else if (task.accepted) {
        await sendThrottle(task);
      }
    }
  };
  /** Nothing answers it: it is said again from time to time, and an agent that knows it changes nothing. */
  const sendThrottle = async ({ taskId, runId }: OpenTask): Promise<void> => {
    const throttle = (await readOrSkip(runId))?.state.tasks[taskId]?.throttle;
    if (throttle === undefined) return;
    const { setting, seq: order } = throttle;
    if (isDue(`throttle ${taskId} ${order}`)) send({ type: "throttle", taskId, order, setting });
  };
  const sayNotSent = (taskId: TaskId, error: unknown): void => {
    sentAtMs.delete(`task ${taskId}`);
    parts.log(`task ${taskId} could not be sent: ${String(error)}`);
  };

  /** A pack that can't be brought keeps no task back. */
  const bringPack = async (run: RunOnRecord): Promise<void> => {
    await packs?.bring(run).catch((error: unknown) => {
      parts.log(`the pack of run ${run.state.runId} was not brought to host ${hostId}: ${String(error)}`);
    });
  };

  const lookAtRuns = async (): Promise<void> => {
    const orders: OrderedProbe[] = [];
    const health: HealthTarget[] = [];
    const runs = await runsOfHost(parts.pool, hostId);
    runIds = new Set(runs.map((run) => run.runId));
    for (const { runId, ended, hasRunKey } of runs) {
      if (ended) {
        // Once for each connection: there is no answer to it, and forgetting a key twice is harmless.
        if (!sentAtMs.has(`end ${runId}`) && isDue(`end ${runId}`)) send({ type: "endRun", runId });
        continue;
      }
      const run = await readOrSkip(runId);
      if (!run) continue;
      await bringPack(run);
      if (!hasRunKey && needsKey(run, hostId) && isDue(`key ${runId}`)) send({ type: "makeRunKey", runId });
      const watch = watchOf(run, hostId, Instant.parse(parts.now()));
      orders.push(...watch.probes);
      health.push(...watch.health);
    }
    endPacks();
    sendWatch(orders.slice(0, 100), health.slice(0, 4));
  };
  /** Of runs that are none of the host's any more, such as one that was abandoned before it began. */
  const endPacks = (): void => {
    for (const runId of packs?.runs() ?? []) {
      if (!runIds.has(runId) && !sentAtMs.has(`end ${runId}`) && isDue(`end ${runId}`)) send({ type: "endRun", runId });
    }
  };
  const readOrSkip = async (runId: RunId): Promise<RunOnRecord | undefined> => {
    try {
      return await parts.runs.read(runId);
    } catch (error) {
      parts.log(`run ${runId} can't be read, host ${hostId} is told nothing of it: ${String(error)}`);
      return undefined;
    }
  };
  const sendWatch = (orders: readonly OrderedProbe[], health: readonly HealthTarget[]): void => {
    const text = JSON.stringify([orders, health]);
    if (text === watched) return;
    watched = text;
    probes.expect(orders);
    send({ type: "probes", probes: orders.map(({ everyOne: _, ...order }) => order), health: [...health] });
  };

  const lookOnce = async (): Promise<void> => {
    // It says so right after the welcome, and is then looked after at once.
    if (packs?.isWaited() === true) return;
    do {
      again = false;
      await lookAtTasks();
      await lookAtRuns();
    } while (again && !closed);
  };
  const look = (): void => {
    again = true;
    if (looking || closed) return;
    looking = lookOnce()
      .catch((error: unknown) => parts.log(`host ${hostId} could not be looked after: ${String(error)}`))
      .finally(() => {
        looking = undefined;
      });
  };
  return {
    look,
    concerns: (runId) => runIds.has(runId),
    async close() {
      closed = true;
      await looking;
    },
  };
}

/** True where the run has a passphrase that is opened on this host. */
function needsKey({ state, plan }: RunOnRecord, hostId: HostId): boolean {
  return Object.values(plan.runbook.secrets).some((secret) => state.hosts[secret.host]?.hostId === hostId);
}
