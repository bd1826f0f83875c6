import type { ActionSpec } from "../../domain/action/defineAction.ts";
import type { RunId } from "../../domain/ids.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import type { Instant } from "../../domain/time.ts";
import type { HealthBeat } from "./beat.ts";
import type { Probes } from "./probes.ts";
import type { RestMemory } from "./restMemory.ts";

/**
 * Keeps our own eyes off PostgreSQL while it is stopped on purpose: a smart stop would wait for our connection, and "down" would be
 * an alarm about what was planned. Way in: a task that stops it is about to start. Way out: it was started, it was not stopped after
 * all, or the server names a database to watch after it named none.
 */
export interface DatabaseRest {
  /** After a start of the agent: rests on where it rested before. */
  takeUp(): Promise<void>;
  begin(runId: RunId): Promise<void>;
  afterTask(spec: ActionSpec | undefined, report: TaskReport | undefined): void;
  /** A run is over. Only the one that had it stopped matters: of others the server tells again at every connection. */
  runEnded(runId: RunId): void;
  end(): void;
}

/** What brings PostgreSQL back. Actions of other packs that start it are named here too. */
const STARTS = "postgres.start";

export function databaseRest(
  health: HealthBeat,
  probes: Probes,
  remembered: { readonly memory: RestMemory; readonly now: () => Instant },
): DatabaseRest {
  const { memory, now } = remembered;
  let restsFor: RunId | undefined;
  async function pause(): Promise<void> {
    await Promise.all([health.pause(), probes.pauseDatabase()]);
  }
  function end(): void {
    memory.forget();
    restsFor = undefined;
    health.resume();
    probes.resumeDatabase();
  }
  return {
    async takeUp() {
      restsFor = memory.recall(now())?.runId;
      if (restsFor !== undefined) await pause();
    },
    async begin(runId) {
      memory.keep({ since: now(), runId });
      restsFor = runId;
      await pause();
    },
    afterTask(spec, report) {
      const hasSucceeded = report?.outcome === "succeeded";
      if (spec?.name === STARTS && hasSucceeded) end();
      if (spec?.stopsDatabase === true && !hasSucceeded) end();
    },
    runEnded(runId) {
      if (runId === restsFor) end();
    },
    end,
  };
}
