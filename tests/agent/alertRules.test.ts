import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ProbeFigure } from "../../domain/alertRule/metrics.ts";
import { armedSeries, factSeries, probeSeries } from "../../domain/alertRule/names.ts";
import { ruleFile } from "../../domain/alertRule/ruleFile.ts";
import type { FiringCase, Played, Second } from "../support/firing.ts";
import { PLAYED, play } from "../support/firing.ts";
import { FIRING_CASES } from "../support/firingCases.ts";
import { SAMPLE } from "../support/sampleRunbook.ts";

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
if (!hasPromtool) console.warn("SKIPPED, alerting rules: Debian's prometheus is not installed");

const room = mkdtempSync(join(tmpdir(), "slackwater-rules-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const root = join(import.meta.dirname, "..", "..");

function promtool(folder: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync("promtool", words, { cwd: folder, encoding: "utf8" });
  return { status, said: stdout + stderr };
}

/** The command as a process of its own, into a folder of its own. */
function slackwaterRules(name: string, file: string, ...words: string[]) {
  const program = join(root, "server", "cli", "main.ts");
  const folder = join(room, name);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "rules", file, "--out", folder, ...words], {
    encoding: "utf8",
  });
  return { folder, status, said: stdout + stderr };
}

describe.skipIf(!hasPromtool)("promtool", () => {
  const shipped = readdirSync(join(root, "runbooks"));
  test.each(shipped)("takes the rules of the shipped runbook %s, and each fires in its second", (name) => {
    const { folder, status, said } = slackwaterRules(name, join(root, "runbooks", name, "runbook.yaml"));
    expect([status, said]).toEqual([0, expect.stringContaining("are written as rules")]);
    expect(promtool(folder, "check", "rules", `${name}.rules.yaml`)).toMatchObject({ status: 0 });
    expect(promtool(folder, "test", "rules", `${name}.rules.test.yaml`)).toMatchObject({ status: 0 });
  });

  test("finds a rule that was changed by hand: the tests can fail", () => {
    const { folder } = slackwaterRules("changed", join(root, "runbooks", "luks-postgres", "runbook.yaml"));
    const file = join(folder, "luks-postgres.rules.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(">= 5", ">= 6"));
    const { status, said } = promtool(folder, "test", "rules", "luks-postgres.rules.test.yaml");
    expect([status, said]).toEqual([1, expect.stringContaining("FAILED")]);
  });

  test("every trigger fires as a rule in the very second in which it fires here, and in none before", () => {
    const files = FIRING_CASES.map((written, index) => {
      const folder = join(room, `case-${index}`);
      mkdirSync(folder);
      const played = play(written);
      expect(played.fires).toBe(written.fires);
      writeFileSync(join(folder, "rules.yaml"), ruleFile({ compiled: played.plan, parameters: {} }));
      writeFileSync(join(folder, "test.yaml"), JSON.stringify(testOf(written, played)));
      return `case-${index}/test.yaml`;
    });
    const { status, said } = promtool(room, "test", "rules", ...files);
    expect(said).not.toContain("FAILED");
    expect([status, said.match(/^ {2}SUCCESS$/gm)?.length]).toEqual([0, FIRING_CASES.length]);
  });

  test("conditions of every kind mean the same to Prometheus as to our evaluator", () => {
    const triggers = ODD.map((expr, index) => ({
      ...{ id: `odd-${index}`, title: expr, probe: "app", expr, for: index % 2 === 0 ? "3s" : "0s", action: "notify" },
    }));
    const file = join(room, "odd.yaml");
    writeFileSync(file, JSON.stringify({ ...SAMPLE, probes: { app: { ...SAMPLE.probes.app, over: "5m" } }, triggers }));
    const { folder, status, said } = slackwaterRules("odd", file);
    expect([status, said]).toEqual([0, expect.stringContaining(`${ODD.length} of ${ODD.length} triggers`)]);
    expect(readFileSync(join(folder, "sample.rules.test.yaml"), "utf8")).not.toContain("has none");
    expect(promtool(folder, "check", "rules", "sample.rules.yaml")).toMatchObject({ status: 0 });
    expect(promtool(folder, "test", "rules", "sample.rules.test.yaml")).toMatchObject({ status: 0 });
  });

  test("S4-36 to S4-39: the rules of the page fire at their minute, and the two that were wrong were wrong", () => {
    const page = readFileSync(join(root, "docs", "operating", "prometheus-rules.md"), "utf8");
    const [, snippet = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    const { probes: _probes, triggers: _triggers, ...rest } = SAMPLE;
    const file = join(room, "after-rollback.yaml");
    writeFileSync(
      file,
      `${Object.entries(rest)
        .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
        .join("")}${snippet}`,
    );
    const { folder, status, said } = slackwaterRules("after-rollback", file);
    expect([status, said]).toEqual([0, expect.stringContaining("4 of 4 triggers")]);
    expect(promtool(folder, "check", "rules", "sample.rules.yaml").said).toContain("4 rules found");
    writeFileSync(join(folder, "seed.rules.yaml"), JSON.stringify(AS_THE_SEED_HAS_THEM));
    writeFileSync(join(folder, "minutes.yaml"), JSON.stringify(AFTER_ROLLBACK));
    const tested = promtool(folder, "test", "rules", "minutes.yaml");
    expect([tested.status, tested.said]).toEqual([0, expect.stringContaining("SUCCESS")]);
  });
});

/** One of each kind of condition that a rule can say. */
const ODD: readonly string[] = [
  "probe.value > 5.0 || probe.missed >= 4",
  "!(probe.value > 5.0 && probe.ok)",
  "!(probe.ok || probe.consecutive_failures < 3)",
  "probe.ok == (probe.value < 2.0)",
  "probe.ok != true && probe.count >= 5",
  "probe.count / 2 == 2",
  "-7 / 2 + probe.count == 2",
  "probe.count % 3 == 2 && probe.failed_share > 0.5",
  "int(probe.value / 2.0) == 1",
  "int(0.0 - probe.value) == -5",
  "greatest(probe.value, probe.usual) > 99.0 && least(probe.value, probe.usual) < 2.0",
  "greatest(facts.host.cores, 4) < probe.missed",
  "least(3, probe.count) >= 3",
  "round_up(probe.count, 10) == 20 || probe.count == 11",
  "probe.value > (probe.ok ? 10.0 : 1.0) && probe.value < 6.0",
  "probe.ok ? probe.value > 10.0 : probe.value > 100.0",
  "(probe.count > 2 ? 1 : 5) + probe.missed > 5",
  "facts.host.aes && probe.increase - probe.usual > 3.0",
  "facts.dir.size_bytes > gib(0) + 4 && -probe.value < -1.0",
  "double(probe.count) * 0.5 != 0.5",
  "params.from == '/srv/old' && probe.failed_share >= 1.0",
];

const JOB = { job: "hyperpage-sqlite-rollback", instance: "hyperpage-rollback:3000" };
const labelled = (name: string, labels: object) =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(",")}}`;
const REQUESTS = (status: string) => labelled("http_requests_total", { ...JOB, status });
const HEALTH = (status: string) =>
  labelled("http_requests_total", { job: "hyperpage-health-rollback", endpoint: "/api/health/database", status });
const BUCKET = (le: string) => labelled("http_request_duration_seconds_bucket", { ...JOB, le });

const AS_THE_SEED_HAS_THEM = {
  groups: [
    {
      name: "as the seed has them",
      rules: [
        { alert: "SeedDatabase", for: "2m", expr: `${HEALTH("500").replace(',status="500"', "")} == 0` },
        { alert: "SeedErrors", for: "3m", expr: `rate(${REQUESTS("500")}[5m]) > 0.05` },
      ],
    },
  ],
};

const firing = (
  trigger: string,
  alert: string,
  severity: string,
  summary: string,
  words: string,
  value: string,
  labels = {},
) => ({
  alert,
  alerts: [
    {
      exp_labels: { severity, runbook: "sample", trigger, ...labels },
      exp_annotations: { summary: `${summary} after rollback`, description: words, value },
    },
  ],
});
const DOWN = firing(
  "application-down",
  "ApplicationDown",
  "critical",
  "Application is down",
  "probe.value == 0.0 for 1 min. In Slackwater this holds the run.",
  "0",
  JOB,
);
const DATABASE = firing(
  "database-connection-failed",
  "DatabaseConnectionFailed",
  "warning",
  "Database connection failed",
  "probe.value > 0.0 for 2 min. In Slackwater this tells people.",
  "15",
);
const ERRORS = firing(
  "high-error-rate",
  "HighErrorRate",
  "warning",
  "High error rate",
  "probe.value > 0.05 for 3 min. In Slackwater this tells people.",
  "0.5",
);
const SLOW = firing(
  "high-response-time",
  "HighResponseTime",
  "warning",
  "High response time",
  "probe.value > 2.0 for 5 min. In Slackwater this tells people.",
  "9.549999999999999",
);

const at = (eval_time: string, { alert, alerts }: typeof DOWN, fires: boolean) => ({
  ...{ eval_time, alertname: alert, exp_alerts: fires ? alerts : [] },
});
const series = (name: string, values: string) => ({ series: name, values });
const seen = (eval_time: string, alert: string, fires: boolean) => ({
  ...{ eval_time, expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})` },
  exp_samples: fires ? [{ labels: "{}", value: 1 }] : [],
});

/** Scraped every 5 s, as the seed does it, and looked at every second. */
const AFTER_ROLLBACK = {
  rule_files: ["sample.rules.yaml", "seed.rules.yaml"],
  evaluation_interval: "1s",
  tests: [
    {
      name: "S4-36: down from second 300 on",
      interval: "5s",
      input_series: [series(labelled("up", JOB), "1x59 0x60")],
      alert_rule_test: [at("359s", DOWN, false), at("360s", DOWN, true)],
    },
    {
      name: "S4-36: down for 55 s and up again",
      interval: "5s",
      input_series: [series(labelled("up", JOB), "1x59 0x10 1x60")],
      alert_rule_test: [at("360s", DOWN, false), at("600s", DOWN, false)],
    },
    {
      name: "S4-37: each health request fails from second 300 on; a counter that rises is never 0",
      interval: "5s",
      input_series: [series(HEALTH("200"), "1+1x59 60x60"), series(HEALTH("500"), "0x59 1+1x60")],
      alert_rule_test: [at("419s", DATABASE, false)],
      promql_expr_test: [seen("420s", DATABASE.alert, true), seen("600s", "SeedDatabase", false)],
    },
    {
      name: "S4-38: every second request fails from second 600 on, 2 a second in all",
      interval: "5s",
      input_series: [series(REQUESTS("200"), "0+10x120 1205+5x240"), series(REQUESTS("500"), "0x120 5+5x240")],
      promql_expr_test: [seen("13m", ERRORS.alert, false), seen("14m", ERRORS.alert, true)],
      alert_rule_test: [at("25m", ERRORS, true)],
    },
    {
      name: "S4-38: 0.1 % of a hundred requests a second is no high share, and was one per second too many",
      interval: "5s",
      input_series: [series(REQUESTS("200"), "0+499.5x360"), series(REQUESTS("500"), "0+0.5x360")],
      alert_rule_test: [at("30m", ERRORS, false)],
      promql_expr_test: [seen("30m", "SeedErrors", true)],
    },
    {
      name: "S4-39: slow from the beginning; the first rate has two scrapes",
      interval: "5s",
      input_series: [series(BUCKET("1"), "0x200"), series(BUCKET("10"), "0+1x200"), series(BUCKET("+Inf"), "0+1x200")],
      alert_rule_test: [at("304s", SLOW, false), at("305s", SLOW, true)],
    },
    {
      name: "S4-39: quick",
      interval: "5s",
      input_series: [
        series(BUCKET("1"), "0+1x200"),
        series(BUCKET("10"), "0+1x200"),
        series(BUCKET("+Inf"), "0+1x200"),
      ],
      alert_rule_test: [at("16m", SLOW, false)],
    },
  ],
};

/** What a metric shows in each second; undefined: nothing. */
type Shown = readonly (number | undefined)[];

const RUN = "4b9ae1c6-7a52-4d25-8f55-1b5d9d9b2d10";
const FIGURES: Readonly<Record<ProbeFigure, (second: Second) => number | undefined>> = {
  ok: ({ sample }) => (sample === undefined ? undefined : Number(sample.ok)),
  value: ({ sample }) => sample?.value,
  consecutive_failures: ({ sample }) => sample?.consecutiveFailures,
  missed: ({ missed }) => missed,
  count: ({ sample }) => sample?.over?.count,
  failed_share: ({ sample }) => sample?.over?.failedShare,
  increase: ({ sample }) => sample?.over?.increase,
  usual: ({ sample }) => sample?.over?.usual,
};

function testOf(written: FiringCase, { fires, seconds }: Played): object {
  const { runbook, probe, trigger } = PLAYED;
  const figures = Object.entries(FIGURES).map(([figure, read]) => {
    // Of a probe of which nothing comes only that is known.
    const shown = seconds.map((second) => (second.missed > 0 && figure !== "missed" ? undefined : read(second)));
    return { series: probeSeries(runbook, probe, figure as ProbeFigure, RUN), values: valuesOf(shown) };
  });
  const facts = Object.entries(written.facts ?? {}).map(([fact, value]) => ({
    ...{ series: factSeries(runbook, fact, RUN), values: valuesOf(seconds.map(() => value)) },
  }));
  const armed = valuesOf(seconds.map(({ isArmed }) => Number(isArmed)));
  const everFired = `count(count_over_time(ALERTS{alertstate="firing"}[1h]))`;
  const at = (second: number, isFiring: boolean) => ({
    ...{ expr: everFired, eval_time: `${second}s` },
    exp_samples: isFiring ? [{ labels: "{}", value: 1 }] : [],
  });
  const last = seconds.length - 1;
  return {
    rule_files: ["rules.yaml"],
    evaluation_interval: "1s",
    tests: [
      {
        name: `${written.of}: ${written.says}`,
        interval: "1s",
        input_series: [...figures, ...facts, { series: armedSeries(runbook, trigger, RUN), values: armed }],
        promql_expr_test:
          fires === undefined ? [at(last, false)] : [at(Math.max(0, fires - 1), false), at(fires, true)],
      },
    ],
  };
}

/** In promtool's way. What is no longer there is said to be stale: else it would be seen for five minutes more. */
function valuesOf(shown: Shown): string {
  return shown
    .map((value, index) => {
      if (value !== undefined) return String(value);
      return index > 0 && shown[index - 1] !== undefined ? "stale" : "_";
    })
    .join(" ");
}
