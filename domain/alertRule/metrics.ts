/** A metric of /metrics: what it is called, what it says, and the labels of its series. All of them are gauges. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

const ofProbe = (name: string, help: string): Metric => ({ name, help, labels: ["run", "runbook", "probe"] });

/**
 * What /metrics shows of each probe of a run that is live, by the name that a condition gives it (`probe.ok`). A figure is there only
 * while it is known: not before the first reading, not while what the probe measures is stopped on purpose, and of a probe whose readings
 * don't come only how many have not. A figure that stood still instead would be true for ever.
 */
export const PROBE_METRICS = {
  ok: ofProbe("slackwater_probe_ok", "Whether the newest reading was well: 1 or 0."),
  value: ofProbe(
    "slackwater_probe_value",
    "Value of the newest reading, in the unit of its action. Not there where it has none.",
  ),
  consecutive_failures: ofProbe("slackwater_probe_consecutive_failures", "How many readings in a row have failed."),
  missed: ofProbe("slackwater_probe_missed", "How many readings in a row have not come."),
  count: ofProbe("slackwater_probe_count", "How many readings there were over the probe's time."),
  failed_share: ofProbe(
    "slackwater_probe_failed_share",
    "Which part of the readings over the probe's time failed, 0 to 1.",
  ),
  increase: ofProbe("slackwater_probe_increase", "How much a counter has risen over the probe's time."),
  usual: ofProbe("slackwater_probe_usual", "Mean of the values before the newest over the probe's time."),
} as const satisfies Readonly<Record<string, Metric>>;
/** What a condition may name of its probe. */
export type ProbeFigure = keyof typeof PROBE_METRICS;

/** What /metrics shows of each fact of a live run that is a number or a flag, while it is fresh. */
export const FACT_METRIC: Metric = {
  name: "slackwater_fact_value",
  help: "A fact in its unit (bytes, ms, 0 to 100 for a percentage); a flag is 1 or 0. Not there when it is stale.",
  labels: ["run", "runbook", "fact"],
};

/** Whether a trigger is armed now. Without it an alert would speak of a run that is over, or of a step that is yet to come. */
export const ARMED_METRIC: Metric = {
  name: "slackwater_trigger_armed",
  help: "Whether a trigger of a live run is armed: 1 or 0.",
  labels: ["run", "runbook", "trigger"],
};
