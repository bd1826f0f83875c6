import type { HostId, TaskId } from "../../../domain/ids.ts";
import type { Instant } from "../../../domain/time.ts";
import type { AgentFrame, Progress } from "../../../protocol/agent.ts";
import type { TaskPlace } from "../../db/tasks.ts";
import { storeProgress, taskPlace } from "../../db/tasks.ts";
import { harmlessProgress } from "./harmless.ts";
import type { AgentGatewayParts } from "./parts.ts";

type ProgressFrame = Extract<AgentFrame, { type: "progress" }>;

/**
 * Shows the live progress of a host's tasks at once, at most ten times a second for each task, and keeps the newest once a second
 * on the task's row for pages that are opened later. The newest of all is always shown and kept, however fast they came.
 */
export interface ProgressFeed {
  /** False where the task is not this host's. */
  take(frame: ProgressFrame): Promise<boolean>;
  close(): Promise<void>;
}

const SHOW_EVERY_MS = 100;
// A little less, so that an agent which sends ten a second is never made to wait by its jitter.
const SHOW_AT_ONCE_AFTER_MS = 80;
const STORE_EVERY_MS = 1000;

interface Shown {
  readonly place: TaskPlace;
  newest: { readonly at: Instant; readonly progress: Progress; readonly clamped: boolean } | undefined;
  shownAtMs: number;
  isStored: boolean;
  showTimer: NodeJS.Timeout | undefined;
}

/** Makes the feed of one connection. */
export function createProgressFeed(
  parts: Pick<AgentGatewayParts, "pool" | "hub" | "log">,
  hostId: HostId,
): ProgressFeed {
  const tasks = new Map<TaskId, Promise<Shown | undefined>>();
  const ready = new Map<TaskId, Shown>();

  const find = async (taskId: TaskId): Promise<Shown | undefined> => {
    const place = await taskPlace(parts.pool, taskId);
    if (!place || place.hostId !== hostId) return undefined;
    const shown: Shown = { place, newest: undefined, shownAtMs: 0, isStored: true, showTimer: undefined };
    ready.set(taskId, shown);
    return shown;
  };

  const show = (taskId: TaskId, shown: Shown): void => {
    clearTimeout(shown.showTimer);
    shown.showTimer = undefined;
    if (!shown.newest) return;
    shown.shownAtMs = performance.now();
    const { runId, stepId } = shown.place;
    const { at, progress, clamped } = shown.newest;
    parts.hub.publish(
      `run:${runId}`,
      { type: "progress", runId, taskId, stepId, at, progress, ...(clamped ? { clamped: true as const } : {}) },
      { volatile: true },
    );
  };

  const store = async (): Promise<void> => {
    for (const [taskId, shown] of ready) {
      if (shown.isStored || !shown.newest) continue;
      shown.isStored = true;
      await storeProgress(parts.pool, taskId, shown.newest.progress, shown.newest.at).catch((error: unknown) => {
        shown.isStored = false;
        parts.log(`progress of ${taskId} was not stored: ${String(error)}`);
      });
    }
  };
  const storing = setInterval(() => void store(), STORE_EVERY_MS);

  return {
    async take({ taskId, at, progress }) {
      let shown = ready.get(taskId);
      if (!shown) {
        const wanted = tasks.get(taskId) ?? find(taskId);
        tasks.set(taskId, wanted);
        shown = await wanted;
        if (!shown) {
          tasks.delete(taskId);
          return false;
        }
      }
      shown.newest = { at, ...harmlessProgress(progress) };
      shown.isStored = false;
      const sinceMs = performance.now() - shown.shownAtMs;
      if (sinceMs >= SHOW_AT_ONCE_AFTER_MS) show(taskId, shown);
      else {
        const found = shown;
        shown.showTimer ??= setTimeout(() => show(taskId, found), SHOW_EVERY_MS - sinceMs);
      }
      return true;
    },
    async close() {
      clearInterval(storing);
      for (const shown of ready.values()) clearTimeout(shown.showTimer);
      await store();
    },
  };
}
