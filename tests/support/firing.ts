import type { ProbeSample } from "../../domain/run/intents.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";
import { Instant } from "../../domain/time.ts";
import { isArmed } from "../../domain/trigger/evaluateTrigger.ts";
import { openProbeWatch } from "../../domain/trigger/probeWatch.ts";
import { compileSample, SAMPLE, SampleRun } from "./sampleRun.ts";

/** What a probe reads in a second of simulated time; undefined: nothing comes. */
type Reads = (second: number) => { readonly ok?: boolean; readonly value?: number } | undefined;

/** A trigger with what its probe reads, and the second in which it fires. */
export interface FiringCase {
  /** The seed's row, or what of ours it shows. */
  readonly of: string;
  readonly says: string;
  readonly every: string;
  readonly over?: string;
  readonly expr: string;
  readonly for?: string;
  /** Facts recorded before the run. */
  readonly facts?: Readonly<Record<string, number>>;
  readonly reads: Reads;
  /** The second in which it fires; undefined: it never does. */
  readonly fires: number | undefined;
}

const LAST_SECOND = 1_800;
const FACTS = {
  "base.latency_ms": { type: "number", title: "Usual latency" },
  "base.errors_count": { type: "number", title: "Usual errors" },
};
const secondsOf = (text: string): number => Number.parseInt(text, 10) * (text.endsWith("m") ? 60 : 1);

/** What is known of a case in a second: what its probe has said last, how many of its readings are missing, whether it is armed. */
export interface Second {
  readonly sample: ProbeSample | undefined;
  readonly missed: number;
  readonly isArmed: boolean;
}

/** A case that was played: its runbook, the second in which its trigger fired, and every second until then. */
export interface Played {
  readonly plan: CompiledRunbook;
  readonly fires: number | undefined;
  readonly seconds: readonly Second[];
}

/** Id of the runbook, the probe and the trigger of every case. */
export const PLAYED = { runbook: SAMPLE.id, probe: "app", trigger: "watched" } as const;

/** Lets a run go on second by second, as the engine does: what was read is heard, what was not is missed. */
export function play(written: FiringCase): Played {
  const probe = {
    ...SAMPLE.probes.app,
    every: written.every,
    ...(written.over === undefined ? {} : { over: written.over }),
  };
  const trigger = {
    ...{ id: PLAYED.trigger, title: written.says, probe: PLAYED.probe, expr: written.expr, action: "notify" },
    ...(written.for === undefined ? {} : { for: written.for }),
  };
  const facts = { ...SAMPLE.facts, ...FACTS };
  const run = new SampleRun(compileSample({ ...SAMPLE, facts, probes: { app: probe }, triggers: [trigger] })).start();
  for (const [name, value] of Object.entries(written.facts ?? {})) run.measured(name, value);
  const begin = run.now;
  const watch = openProbeWatch(run.plan, run.state, [], begin);
  const seconds: Second[] = [];
  let sample: ProbeSample | undefined;
  let missed = 0;
  for (let second = 0; second <= LAST_SECOND; second += 1) {
    run.now = Instant.parse(begin + second * 1_000);
    const read = second % secondsOf(written.every) === 0 ? written.reads(second) : undefined;
    if (read !== undefined) {
      const { ok = true, value } = read;
      const reading = { at: run.now, ok, detail: "", ...(value === undefined ? {} : { value }) };
      const heard = watch.heard({ probeId: PLAYED.probe, reading, at: run.now });
      if (heard !== undefined) {
        run.report(heard);
        [sample, missed] = [heard.sample, 0];
      }
    }
    for (const report of watch.missed(run.state, run.now)) {
      run.report(report);
      missed = report.missed;
    }
    seconds.push({ sample, missed, isArmed: run.plan.triggers.every((one) => isArmed(run.state, one)) });
    if (run.state.triggers[PLAYED.trigger]?.stage === "fired") return { plan: run.plan, fires: second, seconds };
  }
  return { plan: run.plan, fires: undefined, seconds };
}

const from =
  (second: number, then: object, before: object = {}): Reads =>
  (now) =>
    now >= second ? then : before;
const between =
  (first: number, end: number, then: object, before: object = {}): Reads =>
  (now) =>
    now >= first && now < end ? then : before;
/** A counter that stands still until a second and rises by so much in each second after it. */
const counting =
  (second: number, perSecond: number): Reads =>
  (now) => ({ value: Math.max(0, now - second) * perSecond });

const failing = (count: number, every = "5s") => ({ every, expr: `probe.consecutive_failures >= ${count}` });
const down = { ok: false };

/** The seeds' own conditions and ours, each with the second in which it fires. */
// biome-ignore format: a case a line reads as a table
export const FIRING_CASES: readonly FiringCase[] = [
  // S4-03, S4-04, S0-115: so many failures in a row.
  { of: "S4-03", says: "third failure of the database", ...failing(3), reads: from(60, down), fires: 70 },
  { of: "S4-03", says: "two failures and a good one are none", ...failing(3), reads: between(60, 70, down), fires: undefined },
  { of: "S4-03", says: "a good one between begins the count anew", ...failing(3), reads: (t) => (t === 60 || t === 65 || t >= 75 ? down : {}), fires: 85 },
  { of: "S4-04", says: "fifth failure of the application", ...failing(5), reads: from(60, down), fires: 80 },
  { of: "S4-04", says: "four failures are none", ...failing(5), reads: between(60, 80, down), fires: undefined },
  { of: "S4-04", says: "from the first second on", ...failing(5), reads: () => down, fires: 20 },
  { of: "S0-115", says: "no start: a minute without an answer", ...failing(1), for: "1m", reads: from(30, down), fires: 90 },
  { of: "S0-115", says: "over 15 % slower than recorded", every: "10s", expr: "probe.value > 1.15 * facts.base.latency_ms", facts: { "base.latency_ms": 100 }, reads: from(100, { value: 116 }, { value: 100 }), fires: 100 },
  { of: "S0-93", says: "15 % slower is not over 15 % slower", every: "10s", expr: "100.0 * probe.value > 115.0 * facts.base.latency_ms", facts: { "base.latency_ms": 100 }, reads: () => ({ value: 115 }), fires: undefined },
  { of: "S0-114", says: "a check that can't read a file, once", ...failing(1, "1s"), reads: from(7, down), fires: 7 },
  // S4-05: half as slow again as the baseline.
  { of: "S4-05", says: "over 50 % slower", every: "5s", expr: "probe.value > 1.5 * facts.base.latency_ms", facts: { "base.latency_ms": 40 }, reads: from(300, { value: 61 }, { value: 40 }), fires: 300 },
  { of: "S4-05", says: "50 % slower is not over it", every: "5s", expr: "probe.value > 1.5 * facts.base.latency_ms", facts: { "base.latency_ms": 40 }, reads: () => ({ value: 60 }), fires: undefined },
  { of: "S4-05", says: "nothing is slower than what was never recorded", every: "5s", expr: "probe.value > 1.5 * facts.base.latency_ms", reads: () => ({ value: 6000 }), fires: undefined },
  { of: "S4-05", says: "two minutes long", every: "5s", expr: "probe.value > 1.5 * facts.base.latency_ms", for: "2m", facts: { "base.latency_ms": 40 }, reads: from(300, { value: 90 }, { value: 40 }), fires: 420 },
  // S4-06: share of errors over a time.
  { of: "S4-06", says: "over 5 % for more than 5 minutes, all failing", every: "5s", over: "1m", expr: "probe.failed_share > 0.05", for: "5m", reads: from(100, down), fires: 400 },
  { of: "S4-06", says: "one of ten fails, for ever", every: "5s", over: "1m", expr: "probe.failed_share > 0.05", for: "5m", reads: (t) => (t >= 50 && t % 50 === 0 ? down : {}), fires: 350 },
  { of: "S4-06", says: "one of fifty fails", every: "5s", over: "5m", expr: "probe.count >= 20 && probe.failed_share > 0.05", for: "5m", reads: (t) => (t % 250 === 245 ? down : {}), fires: undefined },
  { of: "S4-06", says: "errors for four minutes and no longer", every: "5s", over: "10s", expr: "probe.failed_share > 0.05", for: "5m", reads: between(100, 340, down), fires: undefined },
  { of: "S4-06", says: "a share given by the service itself", every: "15s", expr: "probe.value > 0.05", for: "5m", reads: from(150, { value: 0.06 }, { value: 0.01 }), fires: 450 },
  // S4-07: the pool.
  { of: "S4-07", says: "pool used to the last connection", every: "5s", expr: "probe.value >= 100.0", reads: from(45, { value: 100 }, { value: 99 }), fires: 45 },
  { of: "S4-07", says: "one connection left", every: "5s", expr: "probe.value >= 100.0", reads: () => ({ value: 99 }), fires: undefined },
  // S0-116: the first hour.
  { of: "S0-116", says: "over ten times the recorded errors", every: "60s", expr: "probe.value > 10.0 * facts.base.errors_count", facts: { "base.errors_count": 2 }, reads: from(120, { value: 21 }, { value: 2 }), fires: 120 },
  { of: "S0-116", says: "ten times is not over ten times", every: "60s", expr: "probe.value > 10.0 * facts.base.errors_count", facts: { "base.errors_count": 2 }, reads: () => ({ value: 20 }), fires: undefined },
  { of: "S0-116", says: "ten times what is usual in a quarter of an hour", every: "60s", over: "15m", expr: "probe.value > 10.0 * probe.usual", reads: from(600, { value: 31 }, { value: 3 }), fires: 600 },
  { of: "S0-116", says: "no spike is seen before anything is usual", every: "60s", over: "15m", expr: "probe.value > 10.0 * probe.usual", reads: between(0, 60, { value: 900 }, { value: 900 }), fires: undefined },
  { of: "S0-116", says: "connections that time out, one in two", every: "10s", over: "2m", expr: "probe.count >= 6 && probe.failed_share >= 0.5", reads: (t) => (t >= 120 && t % 20 === 0 ? down : {}), fires: 220 },
  { of: "S0-116", says: "synchronisation fails three times", ...failing(3, "60s"), reads: from(180, down), fires: 300 },
  // S1-13, S1-16: a phase of the roll-out. 5,000 rows a check.
  { of: "S1-13", says: "a spike stops it", every: "30s", over: "10m", expr: "probe.usual > 0.0 && probe.value > 3.0 * probe.usual", reads: from(300, { value: 40 }, { value: 10 }), fires: 300 },
  { of: "S1-13", says: "two errors of 1,500 are 0.1 %", every: "30s", expr: "probe.value >= 2.0", reads: from(90, { value: 2 }, { value: 1 }), fires: 90 },
  { of: "S1-16", says: "over 50 errors of 5,000", every: "30s", expr: "probe.value > 50.0", reads: from(240, { value: 51 }, { value: 50 }), fires: 240 },
  { of: "S1-16", says: "50 errors of 5,000 are not over 1 %", every: "30s", expr: "probe.value > 50.0", reads: () => ({ value: 50 }), fires: undefined },
  { of: "S1-16", says: "processor over 80 % all the time, five minutes", every: "10s", expr: "probe.value > 80.0", for: "5m", reads: from(60, { value: 95 }, { value: 40 }), fires: 360 },
  { of: "S1-16", says: "processor over 80 % with a pause", every: "10s", expr: "probe.value > 80.0", for: "5m", reads: (t) => ({ value: t % 290 === 0 ? 20 : 95 }), fires: undefined },
  { of: "S1-16", says: "any failure to decrypt", ...failing(1, "30s"), reads: from(330, down), fires: 330 },
  // S1-27 to S1-32: thirty days of monitoring.
  { of: "S1-27", says: "coverage below 99 %", every: "60s", expr: "probe.value < 99.0", reads: from(420, { value: 98.9 }, { value: 99 }), fires: 420 },
  { of: "S1-27", says: "99 % is not below 99 %", every: "60s", expr: "probe.value < 99.0", reads: () => ({ value: 99 }), fires: undefined },
  { of: "S1-28", says: "more than ten errors within the hour, a counter", every: "60s", over: "1h", expr: "probe.increase > 10.0", reads: counting(300, 0.05), fires: 540 },
  { of: "S1-28", says: "ten errors are not more than ten", every: "60s", over: "1h", expr: "probe.increase > 10.0", reads: (t) => ({ value: 100 + Math.min(10, Math.floor(t / 60)) }), fires: undefined },
  { of: "S1-28", says: "a counter that began anew counts from nothing", every: "60s", over: "1h", expr: "probe.increase > 10.0", reads: (t) => ({ value: t < 300 ? 1000 : t < 360 ? 4 : t < 420 ? 9 : 11 }), fires: 420 },
  { of: "S1-28", says: "errors of before the hour are forgotten", every: "60s", over: "5m", expr: "probe.increase > 10.0", reads: (t) => ({ value: Math.floor(t / 60) * 2 }), fires: undefined },
  { of: "S1-29", says: "one decryption failed", every: "60s", expr: "probe.value > 0.0", reads: from(660, { value: 1 }, { value: 0 }), fires: 660 },
  { of: "S1-30", says: "one row without an IV", every: "60s", expr: "probe.value >= 1.0", reads: from(60, { value: 1 }, { value: 0 }), fires: 60 },
  { of: "S1-31", says: "the trigger in the database is off", ...failing(1, "60s"), reads: from(780, down), fires: 780 },
  { of: "S1-32", says: "the keys can't be read, twice", ...failing(2, "60s"), reads: from(840, down), fires: 900 },
  // S4-36 to S4-39: the alert rules, with what was wrong put right.
  { of: "S4-36", says: "up == 0 for a minute", every: "15s", expr: "probe.value == 0.0", for: "1m", reads: from(150, { value: 0 }, { value: 1 }), fires: 210 },
  { of: "S4-36", says: "down for 45 s and up again", every: "15s", expr: "probe.value == 0.0", for: "1m", reads: between(150, 195, { value: 0 }, { value: 1 }), fires: undefined },
  { of: "S4-37", says: "the database's health fails for two minutes", ...failing(1, "15s"), for: "2m", reads: from(300, down), fires: 420 },
  { of: "S4-37", says: "a counter that stands still is no failure", every: "15s", over: "5m", expr: "probe.increase > 0.0", for: "2m", reads: () => ({ value: 7 }), fires: undefined },
  { of: "S4-38", says: "a share of 5xx over 0.05 for three minutes", every: "15s", expr: "probe.value > 0.05", for: "3m", reads: from(600, { value: 0.2 }, { value: 0 }), fires: 780 },
  { of: "S4-38", says: "a share of 0.05 is not over it", every: "15s", expr: "probe.value > 0.05", for: "3m", reads: () => ({ value: 0.05 }), fires: undefined },
  { of: "S4-39", says: "p95 over 2 s for five minutes", every: "15s", expr: "probe.value > 2.0", for: "5m", reads: from(75, { value: 2.5 }, { value: 0.3 }), fires: 375 },
  // Nothing comes.
  { of: "no data", says: "three readings in a row are missed", every: "5s", expr: "probe.missed >= 3", reads: (t) => (t <= 100 ? {} : undefined), fires: 117 },
  { of: "no data", says: "of one a second", every: "1s", expr: "probe.missed >= 3", reads: (t) => (t <= 100 ? {} : undefined), fires: 104 },
  { of: "no data", says: "none has ever come", every: "5s", expr: "probe.missed >= 3", reads: () => undefined, fires: 17 },
  { of: "no data", says: "two are missed, and it comes again", every: "5s", expr: "probe.missed >= 3", reads: (t) => (t > 100 && t < 115 ? undefined : {}), fires: undefined },
  { of: "no data", says: "failed or missed, whichever is first", every: "5s", expr: "probe.consecutive_failures >= 3 || probe.missed >= 3", reads: (t) => (t < 50 ? {} : t < 60 ? down : undefined), fires: 72 },
  { of: "no data", says: "what can't be judged does not fire", ...failing(3), reads: (t) => (t < 50 ? {} : t < 60 ? down : undefined), fires: undefined },
  { of: "no data", says: "the failures before a gap count with those after it", ...failing(3), reads: (t) => (t < 50 ? {} : t < 60 ? down : t < 100 ? undefined : down), fires: 100 },
];
