import { expect, test } from "vitest";
import { compileSample, SAMPLE } from "../../tests/support/sampleRun.ts";
import type { Parameters } from "../runbook/parameters.ts";
import { alertRules } from "./alertRules.ts";
import { ruleFile } from "./ruleFile.ts";
import { ruleTests } from "./ruleTests.ts";

const OVER = { ...SAMPLE.probes.app, over: "5m" };
const asking = (query: string, more: object = {}) => ({
  ...{ title: "Asked", action: "prometheus.query", host: "db", every: "15s" },
  with: { url: "http://127.0.0.1:9090", query, ...more },
});
const PARAMETERS = {
  ...SAMPLE.parameters,
  limit: { type: "integer", default: 7, description: "A limit." },
  given: { type: "integer", description: "One without a default." },
  job: { type: "string", default: "a", description: "A job." },
};

/** A runbook with one trigger; `probe`: what it watches, `null` for facts only. */
function sourceOf(trigger: object, probe: object | null = OVER, parameters: Parameters = { limit: 7, job: "a" }) {
  const watched = { id: "watched", title: "It is watched", action: "hold", ...(probe && { probe: "app" }), ...trigger };
  const probes = { app: probe ?? OVER };
  return { compiled: compileSample({ ...SAMPLE, parameters: PARAMETERS, probes, triggers: [watched] }), parameters };
}

const exprOf = (expr: string, probe?: object | null, parameters?: Parameters) => {
  const { rules, unsaid } = alertRules(sourceOf({ expr }, probe, parameters));
  return rules[0]?.expr ?? `unsaid: ${unsaid[0]?.because}`;
};

const VALUE = 'max by (run) (slackwater_probe_value{runbook="sample",probe="app"})';
const ARMED = '(max by (run) (slackwater_trigger_armed{runbook="sample",trigger="watched"}) == 1)';

test("a condition is asked of each run by itself, and only while its trigger is armed", () => {
  expect(exprOf("probe.value > 5.0")).toBe(`(${VALUE} > 5) and ${ARMED}`);
  expect(exprOf("!probe.ok")).toContain('slackwater_probe_ok{runbook="sample",probe="app"}) == 0');
  expect(exprOf("facts.host.aes && facts.host.cores < 4", null)).toBe(
    `((max by (run) (slackwater_fact_value{runbook="sample",fact="host.aes"}) == 1) and (max by (run) (slackwater_fact_value{runbook="sample",fact="host.cores"}) < 4)) and ${ARMED}`,
  );
});

test("what parameters and constants come to is reckoned beforehand, whole numbers as whole numbers", () => {
  expect(exprOf("probe.value > double(params.limit * 3 / 2)")).toContain("> 10)");
  expect(exprOf("probe.value > double(params.limit) * 3.0 / 2.0")).toContain("> 10.5)");
  expect(exprOf("params.limit > 5 && probe.value > 1.0")).toContain(`(${VALUE} > 1)`);
  expect(exprOf("probe.value > (params.limit > 9 ? 1.0 : 2.0)")).toContain("> 2)");
  expect(exprOf("probe.value > double(ms('2m') + gib(1))")).toContain("> 1073861824)");
});

test("what no rule can say is named with its reason, and never dropped", () => {
  expect(exprOf('began("copy") && probe.value > 1.0')).toBe("unsaid: it asks which steps are over (began)");
  expect(exprOf("now > window.starts_at && probe.ok")).toBe("unsaid: it asks for window.starts_at");
  expect(exprOf("params.limit > 5")).toBe("unsaid: with these parameters it is always true");
  expect(exprOf("probe.value > double(params.given)")).toBe(
    "unsaid: the parameter given has no value; give one with --param given=…",
  );
  expect(exprOf("probe.value > double(params.given)", OVER, { given: 4 })).toContain("> 4)");
  expect(exprOf("7 / probe.count > 2")).toBe("unsaid: it divides whole numbers by what may be zero");
  expect(exprOf("has(facts.host.cores) && probe.ok")).toMatch(/^unsaid: it uses has\(\)/);
  const source = sourceOf({ expr: 'began("copy") && probe.value > 1.0' });
  expect(ruleFile(source)).toContain(
    "# - watched (It is watched): it asks which steps are over (began).\ngroups: []\n",
  );
  expect(ruleTests(source, "sample.rules.yaml")).toContain("tests: []");
});

test("a probe that asks Prometheus is asked directly where nothing else is needed", () => {
  const up = asking('up{job="{{ params.job }}"}');
  expect(exprOf("probe.value == 0.0", up)).toBe('(up{job="a"}) == 0');
  expect(exprOf("probe.value > 1.0", asking("up # how many", { reduce: "sum" }))).toBe("sum(\nup # how many\n) > 1");
  expect(exprOf("probe.value < 1.0", asking("up == 0", { reduce: "count" }))).toBe("(count(up == 0) or vector(0)) < 1");
  expect(exprOf("probe.value > 1.0", asking("up", { maxAgeMs: 90_000 }))).toBe(
    "((up) and on () (time() - min(timestamp(up)) <= 90)) > 1",
  );
  // More than its value: only the run knows that.
  expect(exprOf("probe.consecutive_failures > 2", up)).toContain("slackwater_probe_consecutive_failures");
  expect(exprOf("probe.value > 1.0", asking("up > {{ facts.host.cores }}"))).toContain(VALUE);
  const file = ruleFile(sourceOf({ expr: "probe.value == 0.0", armed: { after: "try-it" } }, up));
  expect(file).toContain("from the end of try-it.");
  expect(file).toContain('# - job = "a"\n');
  expect(ruleTests(sourceOf({ expr: "probe.value == 0.0" }, up), "x")).toContain("# - Watched has none: what it asks");
});

test("no title can break out of its comment, its text or its template", () => {
  const title = 'a\n  - alert: Other # {{ $labels }} "quoted" \u2028 end';
  const file = ruleFile(sourceOf({ title, expr: 'began("copy")' }));
  expect(file.split("\n").filter((line) => !line.startsWith("#"))).toEqual(["groups: []", ""]);
  const written = ruleFile(sourceOf({ title, expr: "probe.ok" }));
  expect(written).toContain(String.raw`summary: "a\n  - alert: Other # {{ \"{{\" }} $labels }} \"quoted\"`);
});
