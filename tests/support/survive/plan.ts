import { hash } from "node:crypto";

/** What is killed. `child`: a program of the running task. `power`: the whole host, and what it had not written out. */
export const VICTIMS = ["agent", "runner", "child", "server", "network", "power"] as const;
export type Victim = (typeof VICTIMS)[number];

/** A step or item of `luks-postgres` during which something is killed. */
export interface Place {
  readonly phase: "preparation" | "stop" | "backup" | "volume" | "copy" | "verification" | "switch" | "acceptance";
  readonly stepId: string;
  readonly spares: readonly Victim[];
}

// A program that is killed is a failed task: where the runbook rolls back for that, it is right to, and no window would be completed.
const ROLLS_BACK = ["child"] as const;
// From the start on the volume on, triggers take a service that is down back to the old side by themselves; a power cut is such a case.
const TRIGGERS = ["child", "power"] as const;

/** In the order of a window. */
export const PLACES: readonly Place[] = [
  { phase: "preparation", stepId: "backup-now", spares: [] },
  { phase: "preparation", stepId: "restore-test", spares: [] },
  { phase: "stop", stepId: "stop-writers", spares: ["child"] },
  { phase: "stop", stepId: "count-before", spares: ["child"] },
  { phase: "backup", stepId: "final-backup", spares: ROLLS_BACK },
  { phase: "backup", stepId: "read-backup", spares: ROLLS_BACK },
  { phase: "volume", stepId: "create-volume", spares: [] },
  { phase: "volume", stepId: "save-header", spares: [] },
  { phase: "copy", stepId: "copy", spares: [] },
  { phase: "verification", stepId: "reopen", spares: ROLLS_BACK },
  { phase: "verification", stepId: "verify", spares: ROLLS_BACK },
  { phase: "switch", stepId: "point-at", spares: ROLLS_BACK },
  { phase: "acceptance", stepId: "count-after", spares: TRIGGERS },
  { phase: "acceptance", stepId: "check-health", spares: TRIGGERS },
];

/** One kill: what, where, and how long after the step was seen to run (ms). */
export interface Kill {
  readonly victim: Victim;
  readonly place: Place;
  readonly afterMs: number;
}

/** Longest pause between the sight of a running step and the kill (ms): the shortest steps are over after some seconds. */
const LONGEST_PAUSE_MS = 1_500;

/**
 * Spreads kills over some migrations so that every phase and every victim has its share; the same seed gives the same plan. Within a
 * migration they are in the order of the window.
 */
export function planKills(seed: string, kills: number, migrations: number): readonly (readonly Kill[])[] {
  const chance = (n: number, what: string) => Number.parseInt(hash("sha256", `${seed} ${what} ${n}`).slice(0, 8), 16);
  const used = new Map<Victim, number>(VICTIMS.map((victim) => [victim, 0]));
  const planned = Array.from({ length: migrations }, (): Kill[] => []);
  // Each round goes through all places in another order, so that no phase waits for its turn until the end.
  const order = (round: number) => PLACES.toSorted((a, b) => chance(round, a.stepId) - chance(round, b.stepId));
  for (let n = 0; n < kills; n += 1) {
    const place = order(Math.floor(n / PLACES.length))[n % PLACES.length] ?? PLACES[0];
    if (place === undefined) throw new TypeError("there is no place");
    const allowed = VICTIMS.filter((victim) => !place.spares.includes(victim));
    const victim = allowed.toSorted(
      (a, b) => (used.get(a) ?? 0) - (used.get(b) ?? 0) || chance(n, a) - chance(n, b),
    )[0];
    if (victim === undefined) throw new TypeError(`nothing may be killed at ${place.stepId}`);
    used.set(victim, (used.get(victim) ?? 0) + 1);
    planned[n % migrations]?.push({ victim, place, afterMs: chance(n, "pause") % LONGEST_PAUSE_MS });
  }
  return planned.map((list) => list.toSorted((a, b) => PLACES.indexOf(a.place) - PLACES.indexOf(b.place)));
}
