import type { ActionSpec } from "../../domain/action/defineAction.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import type { HealthBeat } from "./beat.ts";
import type { Probes } from "./probes.ts";

/**
 * Keeps our own eyes off PostgreSQL while it is stopped on purpose: a smart stop would wait for our connection, and "down" would be
 * an alarm about what was planned. Way in: a task that stops it is about to start. Way out: it was started, it was not stopped after
 * all, or the server names a database to watch after it named none.
 */
export interface DatabaseRest {
  begin(): Promise<void>;
  afterTask(spec: ActionSpec | undefined, report: TaskReport | undefined): void;
  end(): void;
}

/** What brings PostgreSQL back. Actions of other packs that start it are named here too. */
const STARTS = "postgres.start";

export function databaseRest(health: HealthBeat, probes: Probes): DatabaseRest {
  function end(): void {
    health.resume();
    probes.resumeDatabase();
  }
  return {
    async begin() {
      await Promise.all([health.pause(), probes.pauseDatabase()]);
    },
    afterTask(spec, report) {
      const hasSucceeded = report?.outcome === "succeeded";
      if (spec?.name === STARTS && hasSucceeded) end();
      if (spec?.stopsDatabase === true && !hasSucceeded) end();
    },
    end,
  };
}
