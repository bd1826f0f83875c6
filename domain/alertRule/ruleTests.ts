import type { FactValue } from "../fact/fact.ts";
import { RunId } from "../ids.ts";
import type { CompiledTrigger, Scope } from "../runbook/compiled.ts";
import { nestByDots } from "../runbook/nestedNames.ts";
import { Instant } from "../time.ts";
import type { AlertRule } from "./alertRules.ts";
import { alertRules } from "./alertRules.ts";
import type { ProbeFigure } from "./metrics.ts";
import { PROBE_METRICS } from "./metrics.ts";
import type { RuleSource } from "./names.ts";
import { armedSeries, factSeries, probeSeries } from "./names.ts";
import { comment, promDuration, quoted, readable } from "./yaml.ts";

/** The run that the made-up series are of. */
const RUN = "00000000-0000-4000-8000-000000000000";
/** For so long the condition does not hold, and then it does. */
const QUIET_STEPS = 60;
/** A test has no more evaluations than this after that: a condition that holds for a day is looked at once a minute. */
const MOST_STEPS = 3600;
/** So many situations are tried for one in which a condition holds, and one in which it does not. */
const MOST_TRIED = 5000;

type Situation = Readonly<Record<string, number | boolean>>;

/**
 * A file for `promtool test rules`: of each rule that it fires in its second and not a step before, and not at all while the trigger is not
 * armed. In which situation a condition holds our own evaluator says, so that what is tested is the translation. In its head
 * stands every rule that it has no test of.
 *
 * @param ruleFileName the file of the rules, as it stands beside this one
 */
export function ruleTests(source: RuleSource, ruleFileName: string): string {
  const { rules } = alertRules(source);
  const stepMs = 1000 * Math.max(1, Math.ceil(Math.max(0, ...rules.map(({ forMs }) => forMs)) / 1000 / MOST_STEPS));
  const written = rules.map((rule) => ({ rule, test: testOf(source, rule, stepMs) }));
  const without = written.filter(({ test }) => typeof test === "string");
  const tests = written.flatMap(({ test }) => (typeof test === "string" ? [] : test));
  const lines = [
    ...comment([
      `Tests of ${ruleFileName}: promtool test rules <this file>. Written by Slackwater.`,
      ...without.map(({ rule, test }) => `- ${rule.alert} has none: ${String(test)}.`),
    ]),
    `rule_files: [${quoted(ruleFileName)}]`,
    `evaluation_interval: ${promDuration(stepMs)}`,
    tests.length === 0 ? "tests: []" : "tests:",
    ...tests,
  ];
  return `${lines.join("\n")}\n`;
}

/** The lines of a rule's tests, or why there are none. */
function testOf(source: RuleSource, rule: AlertRule, stepMs: number): string[] | string {
  if (rule.standsAlone) return "what it asks Prometheus for is not ours to make up";
  const situations = situationsOf(source, rule.trigger);
  if (situations === undefined) return "no situation was found in which it holds, and one in which it does not";
  const steps = Math.ceil(rule.forMs / stepMs);
  const fires = QUIET_STEPS + steps;
  const series = seriesOf(source, rule.trigger, situations, steps);
  const armedOf = armedSeries(source.compiled.runbook.id, rule.trigger.id, RUN);
  return [
    ...entry(`${rule.alert} fires in its second`, stepMs, [...series, [armedOf, `1x${fires + 1}`]]),
    ...expected(rule.alert, [
      [(fires - 1) * stepMs, false],
      [fires * stepMs, true],
    ]),
    ...entry(`${rule.alert} does not fire while it is not armed`, stepMs, [...series, [armedOf, `0x${fires + 1}`]]),
    ...expected(rule.alert, [[fires * stepMs, false]]),
  ];
}

function entry(name: string, stepMs: number, series: readonly (readonly [name: string, values: string])[]): string[] {
  return [
    `  - name: ${quoted(name)}`,
    `    interval: ${promDuration(stepMs)}`,
    "    input_series:",
    ...series.flatMap(([series, values]) => [
      `      - series: ${readable(series)}`,
      `        values: ${readable(values)}`,
    ]),
  ];
}

function expected(alert: string, moments: readonly (readonly [atMs: number, fires: boolean])[]): string[] {
  const firing = `count(ALERTS{alertname=${quoted(alert)},alertstate="firing",run=${quoted(RUN)}})`;
  return [
    "    promql_expr_test:",
    ...moments.flatMap(([atMs, fires]) => [
      `      - expr: ${readable(firing)}`,
      `        eval_time: ${promDuration(atMs)}`,
      ...(fires
        ? ["        exp_samples:", `          - { labels: ${quoted("{}")}, value: 1 }`]
        : ["        exp_samples: []"]),
    ]),
  ];
}

interface Situations {
  readonly fails: Situation;
  readonly holds: Situation;
}

function seriesOf(
  { compiled }: RuleSource,
  trigger: CompiledTrigger,
  { fails, holds }: Situations,
  steps: number,
): (readonly [string, string])[] {
  const { id } = compiled.runbook;
  const value = (of: Situation, name: string): number => Number(of[name] ?? 0);
  return Object.keys(holds).map((name) => {
    const word = name.slice("probe.".length);
    const series =
      name.startsWith("probe.") && isFigure(word)
        ? probeSeries(id, trigger.source.probe ?? "", word, RUN)
        : factSeries(id, name.slice("facts.".length), RUN);
    // `ax3` stands four times.
    return [series, `${value(fails, name)}x${QUIET_STEPS - 1} ${value(holds, name)}x${steps + 1}`];
  });
}

const isFigure = (word: string): word is ProbeFigure => Object.hasOwn(PROBE_METRICS, word);

/** Looks for two situations, one in which a trigger's condition holds and one in which it does not. */
function situationsOf(source: RuleSource, trigger: CompiledTrigger): Situations | undefined {
  const { expressions } = source.compiled;
  const { expr, title } = trigger.source;
  const judge = (situation: Situation) => expressions.judge(trigger.id, title, expr, scopeOf(source, situation));
  const named = Object.keys(judge({}).values).filter((name) => !name.startsWith("params."));
  if (named.some((name) => !/^(probe|facts)\./.test(name))) return undefined;
  const numbers = numbersNear(`${expr} ${JSON.stringify(source.parameters)}`);
  let fails: Situation | undefined;
  let holds: Situation | undefined;
  let tried = 0;
  for (const situation of combinations(named.map((name) => [name, valuesOf(name, numbers)] as const))) {
    tried += 1;
    if (tried > MOST_TRIED) return undefined;
    const { verdict } = judge(situation);
    if (verdict === "fail") fails ??= situation;
    if (verdict === "pass") holds ??= situation;
    if (fails !== undefined && holds !== undefined) return { fails, holds };
  }
  return undefined;
}

/** The numbers that a text names, and those beside them: a condition turns where one of them stands. */
function numbersNear(text: string): readonly number[] {
  const named = [...text.matchAll(/\d+(?:\.\d+)?/g)].map(([number]) => Number(number)).filter((one) => one < 1e9);
  return [...new Set([0, 1, 2, 5, 10, 100, 1000, ...named.flatMap((one) => [one, one + 1, Math.max(0, one - 1)])])];
}

function valuesOf(name: string, numbers: readonly number[]): readonly (number | boolean)[] {
  if (name === "probe.ok") return [true, false];
  const isWhole = ["probe.consecutive_failures", "probe.missed", "probe.count"].includes(name);
  return [
    ...(isWhole ? numbers.filter(Number.isInteger) : numbers),
    ...(name.startsWith("facts.") ? [true, false] : []),
  ];
}

function* combinations(
  choices: readonly (readonly [name: string, values: readonly (number | boolean)[]])[],
): Generator<Situation> {
  const [first, ...rest] = choices;
  if (first === undefined) {
    yield {};
    return;
  }
  for (const others of combinations(rest)) for (const value of first[1]) yield { [first[0]]: value, ...others };
}

function scopeOf({ parameters }: RuleSource, situation: Situation): Scope {
  const facts = Object.entries(situation).filter(([name]) => name.startsWith("facts."));
  const probe = Object.entries(situation).filter(([name]) => name.startsWith("probe."));
  return {
    params: parameters,
    facts: nestByDots<FactValue | Scope["facts"]>(
      facts.map(([name, value]) => [name.slice("facts.".length), value]),
      (level) => level,
    ),
    probe: { missed: 0, ...Object.fromEntries(probe.map(([name, value]) => [name.slice("probe.".length), value])) },
    began: new Set(),
    done: new Set(),
    run: { id: RunId.parse(RUN), kind: "live" },
    now: Instant.parse(0),
    window: { starts_at: Instant.parse(0), ends_at: Instant.parse(0) },
  };
}
