import { expect, test } from "vitest";
import { playChaos } from "../support/chaos/chaos.ts";

const isNight = process.env.SLACKWATER_NIGHTLY !== undefined;
/** By day a minute and a half, at night ten minutes. */
const forMs = isNight ? 600_000 : 90_000;

test(
  "three servers are killed one after another, and their database once, under eight runs: each ends right, and no task takes effect twice",
  async () => {
    const tasks = isNight ? 600 : 60;
    const { runs, kills, takeovers } = await playChaos({
      ...{ servers: 3, runs: 8, tasks, killEveryMs: 5_000, forMs, leaseMs: 2_000 },
    });
    expect(kills).toBeGreaterThanOrEqual(Math.floor(forMs / 15_000));
    expect(takeovers.length).toBeGreaterThan(0);
    expect(runs).toHaveLength(8);
    for (const { log, outcome, effects } of runs) {
      expect(outcome).toBe("completed");
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
      const ordered = log.flatMap(({ event }) => (event.type === "taskOrdered" ? [event.taskId] : []));
      expect(new Set(ordered).size).toBe(ordered.length);
      // Two to measure, and one for each step: none was tried again, since none failed.
      expect(ordered).toHaveLength(tasks + 2);
      expect([...effects].filter(([, times]) => times !== 1)).toEqual([]);
      expect([...effects.keys()].sort()).toEqual([...ordered].sort());
      const ended = log.flatMap(({ event }) => (event.type === "taskEnded" ? [event.taskId] : []));
      expect([...ended].sort()).toEqual([...ordered].sort());
    }
  },
  forMs + 400_000,
);
