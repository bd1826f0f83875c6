import type { FactType } from "../fact/fact.ts";
import { FactName } from "../fact/fact.ts";
import type { CompiledRunbook } from "../runbook/compiled.ts";
import type { Parameters, ParameterValue } from "../runbook/parameters.ts";
import type { Metric, ProbeFigure } from "./metrics.ts";
import { ARMED_METRIC, FACT_METRIC, PROBE_METRICS } from "./metrics.ts";
import type { Piece } from "./piece.ts";
import { constant, figure, flag, Unsayable } from "./piece.ts";
import type { NameReader } from "./translate.ts";

/** What a rule is written with beside the runbook: the values of its parameters, as far as they are given. */
export interface RuleSource {
  readonly compiled: CompiledRunbook;
  readonly parameters: Parameters;
}

/** A text in PromQL. JSON's escapes are among its own. */
const quoted = (text: string): string => JSON.stringify(text);

function selector({ name }: Metric, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${quoted(value)}`);
  return `${name}{${pairs.join(",")}}`;
}

// Whatever else the server that scrapes adds to it, and however many Slackwaters show it: one series for each run.
const perRun = (metric: Metric, labels: Readonly<Record<string, string>>): string =>
  `max by (run) (${selector(metric, labels)})`;

/** The series of a figure of a probe, of one run: for whoever makes them up. */
export const probeSeries = (runbook: string, probe: string, of: ProbeFigure, run: string): string =>
  selector(PROBE_METRICS[of], { run, runbook, probe });
/** The series of a fact of one run. */
export const factSeries = (runbook: string, fact: string, run: string): string =>
  selector(FACT_METRIC, { run, runbook, fact });
/** The series that says whether a trigger of one run is armed. */
export const armedSeries = (runbook: string, trigger: string, run: string): string =>
  selector(ARMED_METRIC, { run, runbook, trigger });

/** Holds while a trigger is armed. */
export const armed = (runbook: string, trigger: string): string =>
  flag(perRun(ARMED_METRIC, { runbook, trigger })).holds;

const isFigure = (word: string): word is ProbeFigure => Object.hasOwn(PROBE_METRICS, word);
const WHOLE: ReadonlySet<ProbeFigure> = new Set<ProbeFigure>(["consecutive_failures", "missed", "count"]);

/** Reads the names of a condition as what /metrics shows of the run. */
export function namesFromMetrics({ compiled, parameters }: RuleSource, probeId: string | undefined): NameReader {
  const runbook = compiled.runbook.id;
  return (name) => {
    const [root, word = ""] = name.split(".");
    if (root === "probe" && probeId !== undefined && isFigure(word)) {
      const text = perRun(PROBE_METRICS[word], { runbook, probe: probeId });
      return word === "ok" ? flag(text) : figure(text, WHOLE.has(word));
    }
    if (root === "params") return parameterNamed(compiled, parameters, word);
    if (root === "facts") return factNamed(compiled, name.slice("facts.".length));
    // Seconds there, milliseconds here.
    if (name === "now") return { kind: "number", text: "(1000 * time())", isWhole: true, isScalar: true };
    throw new Unsayable(`it asks for ${name}`);
  };
}

/** Reads the value of a probe as the query that it asks Prometheus, for a condition that names nothing else. */
export function namesFromQuery({ compiled, parameters }: RuleSource, query: string): NameReader {
  return (name) => {
    if (name === "probe.value") return figure(query, false);
    if (name.startsWith("params.")) return parameterNamed(compiled, parameters, name.slice("params.".length));
    throw new Unsayable(`it asks for ${name}`);
  };
}

function parameterNamed({ runbook }: CompiledRunbook, given: Parameters, name: string): Piece {
  const value: ParameterValue | undefined = Object.hasOwn(given, name) ? given[name] : undefined;
  if (value === undefined) throw new Unsayable(`the parameter ${name} has no value; give one with --param ${name}=…`);
  const type = runbook.parameters[name]?.type;
  return constant(value, type === "integer" || type === "size" || type === "duration");
}

function factNamed({ runbook }: CompiledRunbook, fact: string): Piece {
  const name = FactName.safeParse(fact);
  const type = name.success ? runbook.facts[name.data]?.type : undefined;
  if (type === undefined) throw new Unsayable(`it asks for an entry of a record (facts.${fact})`);
  const text = perRun(FACT_METRIC, { runbook: runbook.id, fact });
  const kind = KIND_OF_FACT[type];
  if (kind === undefined) throw new Unsayable(`the fact ${fact} is no number`);
  return kind === "flag" ? flag(text) : figure(text, kind === "whole");
}

const KIND_OF_FACT: Readonly<Record<FactType, "whole" | "fraction" | "flag" | undefined>> = {
  size: "whole",
  count: "whole",
  duration: "whole",
  instant: "whole",
  number: "fraction",
  percent: "fraction",
  flag: "flag",
  text: undefined,
  record: undefined,
};
