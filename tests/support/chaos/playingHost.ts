import { setTimeout as sleep } from "node:timers/promises";
import type { TaskId } from "../../../domain/ids.ts";
import type { TaskReport } from "../../../domain/run/taskReport.ts";
import { Instant } from "../../../domain/time.ts";
import type { FakeAgent, FakeHost } from "../fakeAgent.ts";
import { connectAgent } from "../fakeAgent.ts";
import { copied } from "../sampleRun.ts";

/** How long a task takes on it, at least and at most (ms). */
const TASK_MS = { least: 200, most: 1_500 };
/** How often it looks whether it is connected, and what it still has to say (ms). */
const LOOK_MS = 100;

interface PlayedTask {
  readonly startedAt: Instant;
  readonly endsAt: number;
  isAccepted: boolean;
}

/**
 * A host that only plays: it takes each order once, as the real one does by its journal, says how it ended until the server has that on
 * record, and connects again to whichever server is there.
 */
export interface PlayingHost {
  /** How often each task took effect. */
  readonly effects: ReadonlyMap<TaskId, number>;
  stop(): Promise<void>;
}

/**
 * Plays a host.
 *
 * @param addresses of the servers that may be there, asked anew for each connection
 */
export function playHost(host: FakeHost, addresses: () => readonly string[]): PlayingHost {
  const tasks = new Map<TaskId, PlayedTask>();
  const effects = new Map<TaskId, number>();
  const acknowledged = new Set<TaskId>();
  let isStopped = false;
  let turn = 0;

  const reportOf = ({ startedAt, endsAt }: PlayedTask): TaskReport => {
    const result = { ...copied(), cores: 4, aes: true, size_bytes: 2 ** 31 };
    return { outcome: "succeeded", startedAt, endedAt: Instant.parse(endsAt), outputBytes: 0, result };
  };

  /** What came: an order that it has already is only answered again. */
  const take = (taskId: TaskId): void => {
    if (tasks.has(taskId)) return;
    effects.set(taskId, (effects.get(taskId) ?? 0) + 1);
    const now = Date.now();
    const takesMs = TASK_MS.least + Math.round(Math.random() * (TASK_MS.most - TASK_MS.least));
    tasks.set(taskId, { startedAt: Instant.parse(now), endsAt: now + takesMs, isAccepted: false });
  };

  const serve = async (agent: FakeAgent): Promise<void> => {
    const said = new Set<TaskId>();
    let isOpen = true;
    void agent.closed.then(() => {
      isOpen = false;
    });
    let heard = 0;
    const { acknowledged: known } = await agent.next("welcome");
    for (const { taskId, reported } of known) if (reported) acknowledged.add(taskId);
    for (const one of tasks.values()) one.isAccepted = false;
    while (isOpen && !isStopped) {
      for (const frame of agent.heard.slice(heard)) {
        if (frame.type === "task") take(frame.order.taskId);
        if (frame.type === "reportAcknowledged") acknowledged.add(frame.taskId);
      }
      heard = agent.heard.length;
      for (const [taskId, task] of tasks) {
        if (acknowledged.has(taskId)) continue;
        if (!task.isAccepted) agent.send({ type: "taskAccepted", taskId });
        task.isAccepted = true;
        if (Date.now() < task.endsAt || said.has(taskId)) continue;
        agent.send({ type: "taskEnded", taskId, report: reportOf(task) });
        said.add(taskId);
      }
      await sleep(LOOK_MS);
    }
  };

  const play = async (): Promise<void> => {
    while (!isStopped) {
      const urls = addresses();
      turn += 1;
      const url = urls[turn % Math.max(1, urls.length)];
      const unreported = [...tasks.keys()].filter((taskId) => !acknowledged.has(taskId));
      const held = unreported.map((taskId) => ({ taskId, outputBytes: 0, running: false }));
      let agent: FakeAgent | undefined;
      try {
        if (url !== undefined) {
          agent = await connectAgent(url, host, { tasks: held });
          await serve(agent);
        }
      } catch {
        // The server is gone, or takes nobody yet: the next one is tried.
      } finally {
        agent?.cut();
      }
      await sleep(LOOK_MS);
    }
  };
  const playing = play();
  return {
    effects,
    async stop() {
      isStopped = true;
      await playing;
    },
  };
}
