import { describe, expect, test } from "vitest";
import { RunId, StepId } from "../ids.ts";
import { Instant } from "../time.ts";
import type { Scope } from "./compiled.ts";
import { expressionLanguage } from "./expression.ts";

const language = expressionLanguage({
  facts: {
    "db.size_bytes": "size",
    "db.rows": "record",
    "host.load1": "number",
    "host.cores": "count",
    "host.aes": "flag",
    "baseline.latency_ms": "number",
  },
  parameters: { quota: "size", name: "string" },
});

const scope = (facts: Scope["facts"], more: Partial<Scope> = {}): Scope => ({
  params: { quota: 100, name: "x" },
  facts,
  began: new Set(),
  done: new Set(),
  run: { id: RunId.parse("4b9ae1c6-7a52-4d25-8f55-1b5d9d9b2d10"), kind: "live" },
  now: Instant.parse(1000),
  window: { starts_at: Instant.parse(0), ends_at: Instant.parse(5000) },
  ...more,
});

describe("type check", () => {
  test.each([
    ["facts.host.load1 > 2.0 * double(facts.host.cores)", "bool"],
    ["facts.db.size_bytes * 12 / 10 + gib(1)", "int"],
    ["round_up(facts.db.size_bytes, gib(1))", "int"],
    ['began("copy") && !done("copy")', "bool"],
    ['now - window.starts_at > ms("5m")', "bool"],
  ])("%s is %s", (expr, type) => {
    expect(language.check(expr, {})).toEqual({ ok: true, type });
  });

  test.each([
    ["facts.db.size_byte > 1", "No such key: size_byte", 9],
    ["facts.host.load1 * facts.host.cores", "no such overload", 0],
    ["result.files_source > 1", "Unknown variable: result", 0],
    ['params.name.matches("(a+)+$")', "matches() is not offered", 0],
    ["1 +", "Unexpected token", 3],
  ])("%s is refused, and where", (expr, message, offset) => {
    const verdict = language.check(expr, {});
    expect(verdict).toMatchObject({ ok: false, offset });
    expect(verdict.ok ? "" : verdict.message).toContain(message);
  });

  test("a result is typed by its action", () => {
    expect(language.check("result.files_source == result.files_target", { action: "files.copy" }).ok).toBe(true);
    expect(language.check("result.files_sauce == 1", { action: "files.copy" }).ok).toBe(false);
  });
});

describe("evaluation", () => {
  test("a whole-valued measurement that is declared a number stays one: no integer division", () => {
    const facts = { baseline: { latency_ms: 4 } };
    const result = {
      ok: true,
      latency_ms: 3,
      latency_p95_ms: 3,
      status: 200,
      samples_count: 1,
      failed_count: 0,
      detail: "",
    };
    expect(
      language.run("result.latency_ms / facts.baseline.latency_ms", scope(facts, { result, action: "http.check" })),
    ).toEqual({
      known: true,
      value: 0.75,
    });
  });

  test("a fact that nobody measured makes the outcome unknown and is named", () => {
    expect(language.run("facts.host.aes && params.quota > 1", scope({}))).toMatchObject({
      known: false,
      absent: ["facts.host.aes"],
    });
  });

  test("a result without a value makes the outcome unknown: no data is no zero", () => {
    const about = { series_count: 0, sampled_at: 0, age_ms: 0, latency_ms: 1, detail: "no series" };
    const result = { ok: false, outcome: "no_data", ...about };
    const asked = scope({}, { result, action: "prometheus.query" });
    expect(language.run("result.value < 1.0", asked)).toMatchObject({ known: false, absent: ["result.value"] });
    expect(language.run('result.outcome == "no_data"', asked)).toEqual({ known: true, value: true });
  });

  test("where the outcome does not depend on an absent fact, it is known", () => {
    expect(language.run("params.quota > 1 || facts.host.aes", scope({}))).toEqual({ known: true, value: true });
    expect(language.run("facts.host.aes && params.quota > 1000", scope({}))).toEqual({ known: true, value: false });
    expect(language.run('began("copy") ? facts.db.size_bytes : 0', scope({}))).toEqual({ known: true, value: 0 });
    const began = new Set([StepId.parse("copy")]);
    expect(language.run('began("copy") ? facts.db.size_bytes : 0', scope({}, { began })).known).toBe(false);
  });

  test("an expression that asks has(name) can do without the name", () => {
    const expr = "has(facts.host.aes) ? facts.host.aes : false";
    expect(language.run(expr, scope({}))).toEqual({ known: true, value: false });
    expect(language.run(expr, scope({ host: { load1: 1 } }))).toEqual({ known: true, value: false });
    expect(language.run(expr, scope({ host: { aes: true } }))).toEqual({ known: true, value: true });
  });

  test("a value of another type than declared counts as not measured", () => {
    expect(language.run("facts.host.aes", scope({ host: { aes: "yes" } }))).toMatchObject({
      absent: ["facts.host.aes"],
    });
  });

  test("records compare whole and by entry", () => {
    const facts = { db: { rows: { users: 3, operations: 9 } } };
    expect(language.run('facts.db.rows == {"operations": 9, "users": 3}', scope(facts))).toEqual({
      known: true,
      value: true,
    });
    expect(language.run("facts.db.rows.users + 1", scope(facts))).toEqual({ known: true, value: 4 });
    expect(language.namesIn("facts.db.rows.users + 1")).toEqual(["facts.db.rows"]);
  });

  test("began and done follow the run", () => {
    const copy = StepId.parse("copy");
    expect(language.run('began("copy") && !done("copy")', scope({}, { began: new Set([copy]) }))).toEqual({
      known: true,
      value: true,
    });
    expect(language.run('began("copy")', scope({}))).toEqual({ known: true, value: false });
    expect(language.stepsIn('began("copy")')).toEqual([{ step: "copy", offset: 6 }]);
  });

  test("a probe's sample and a manual field can be judged", () => {
    expect(
      language.run(
        "probe.consecutive_failures >= 5",
        scope({}, { probe: { ok: false, consecutive_failures: 5, missed: 0 } }),
      ),
    ).toEqual({
      known: true,
      value: true,
    });
    expect(
      language.run("probe.value > 10.0", scope({}, { probe: { ok: false, consecutive_failures: 5, missed: 0 } })).known,
    ).toBe(false);
    expect(language.run("value", scope({}, { value: true }))).toEqual({ known: true, value: true });
    expect(language.run("fields.rows >= 3.0", scope({}, { fields: { rows: 3 } }))).toEqual({
      known: true,
      value: true,
    });
  });

  test("what fails while it is evaluated is unknown, never thrown", () => {
    expect(language.run("1 / 0", scope({}))).toMatchObject({ known: false });
    expect(language.run("gib(9000000000000)", scope({}))).toMatchObject({ known: false });
    expect(language.run("1 +", scope({}))).toMatchObject({ known: false });
  });
});
