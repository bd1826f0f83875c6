import { playChaos } from "../support/chaos/chaos.ts";
import type { Outcome } from "./figures.ts";
import { keepResults, percentile, short, summary } from "./figures.ts";

const LEASE_MS = 2_000;
const FOR_MS = 300_000;

/**
 * How long a run is nobody's when the server that drives it is killed, in leases: three servers under eight runs, one killed every five
 * seconds for five minutes, their database once. Counted from the kill to the moment at which another holds the run.
 */
export async function takeover(): Promise<Outcome> {
  const chaos = await playChaos({
    ...{ servers: 3, runs: 8, tasks: 300, killEveryMs: 5_000, forMs: FOR_MS, leaseMs: LEASE_MS },
  });
  const inLeases = chaos.takeovers.map(({ tookMs }) => tookMs / LEASE_MS);
  const completed = chaos.runs.filter(({ outcome }) => outcome === "completed").length;
  const doubled = chaos.runs.flatMap(({ effects }) => [...effects.values()]).filter((times) => times !== 1).length;
  const p99 = percentile(inLeases, 0.99);
  const results = {
    kills: chaos.kills,
    takeovers: inLeases.length,
    inLeases: summary(inLeases),
    p99,
    completed,
    doubled,
  };
  console.log(`kept in ${keepResults("takeover", results)}`);
  return {
    line: `takeover: p99_over_lease=${short(p99)} median_over_lease=${short(results.inLeases.median)} takeovers=${inLeases.length} kills=${chaos.kills} completed=${completed} doubled=${doubled}`,
    limits: [
      { name: "p99_over_lease", value: p99, most: 2 },
      { name: "completed", value: completed, least: 8 },
      { name: "doubled", value: doubled, most: 0 },
    ],
  };
}
