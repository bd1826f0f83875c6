import type { ProbeSample } from "../../domain/run/intents.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";
import { Instant } from "../../domain/time.ts";
import { isArmed } from "../../domain/trigger/evaluateTrigger.ts";
import { openProbeWatch } from "../../domain/trigger/probeWatch.ts";
import { compileSample, SAMPLE, SampleRun } from "./sampleRun.ts";

/** What a probe reads in a second of simulated time; undefined: nothing comes. */
export type Reads = (second: number) => { readonly ok?: boolean; readonly value?: number } | undefined;

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
