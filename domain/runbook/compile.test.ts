import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Digest, RunId } from "../ids.ts";
import { Instant } from "../time.ts";
import { compileRunbook } from "./compile.ts";
import type { Scope } from "./compiled.ts";
import { readParameters } from "./readParameters.ts";
import type { Argument } from "./schema.ts";

const sha256 = (text: string): Digest => Digest.parse(createHash("sha256").update(text).digest("hex"));
const text = readFileSync(new URL("../../runbooks/luks-postgres/runbook.yaml", import.meta.url), "utf8");
const compilation = compileRunbook(text, sha256);
if (!compilation.ok) throw new Error("the shipped runbook does not compile");
const { compiled } = compilation;
const read = readParameters(compiled.runbook, {});
if (!read.ok) throw new Error("the shipped runbook has no defaults for all parameters");

const scope = (facts: Scope["facts"] = {}): Scope => ({
  params: read.parameters,
  facts,
  began: new Set(),
  done: new Set(),
  run: { id: RunId.parse("4b9ae1c6-7a52-4d25-8f55-1b5d9d9b2d10"), kind: "live" },
  now: Instant.parse(1000),
  window: { starts_at: Instant.parse(0), ends_at: Instant.parse(5000) },
});

describe("a plan", () => {
  test("numbers the steps that are no gates", () => {
    const numbers = compiled.steps.map((step) => step.index);
    expect(compiled.steps.filter((step) => step.work.kind === "gate").map((step) => step.index)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(numbers.filter((number) => number !== undefined)).toEqual(
      Array.from({ length: compiled.steps.length - 5 }, (_, index) => index + 1),
    );
  });

  test("has the approval gate first and each gate step's after it", () => {
    expect(compiled.gates.map((gate) => gate.gateId)).toEqual([
      "go",
      "backup-gate",
      "volume-gate",
      "data-gate",
      "users-gate",
      "final-gate",
    ]);
  });

  test("knows the class of every task and how long its facts stay fresh", () => {
    const task = compiled.measures.find((measure) => measure.id === "measure-host")?.task;
    expect(task).toMatchObject({ action: "host.facts", class: "observe", host: "db" });
    expect(task?.facts.find((fact) => fact.name === "host.load1")?.freshForMs).toBe(900_000);
    expect(task?.facts.find((fact) => fact.name === "host.cores")).not.toHaveProperty("freshForMs");
  });

  test("a changed announcement leaves the executable digest alone; a changed step does not", () => {
    const words = compileRunbook(text.replace("A reminder:", "A note:"), sha256);
    const step = compileRunbook(text.replace("samples: 20", "samples: 21"), sha256);
    if (!words.ok || !step.ok) throw new Error("changed runbooks must compile");
    expect(words.compiled.digests.executable).toBe(compiled.digests.executable);
    expect(words.compiled.digests.announcements).not.toBe(compiled.digests.announcements);
    expect(words.compiled.digests.whole).not.toBe(compiled.digests.whole);
    expect(step.compiled.digests.executable).not.toBe(compiled.digests.executable);
  });

  test("how tasks are put into scripts for people changes nothing of what is decided", () => {
    const other = compileRunbook(
      `${text}\n`.replace(/^scripts:\n(?: .*\n)+/m, "scripts: { all: [copy, verify] }\n"),
      sha256,
    );
    if (!other.ok) throw new Error("the changed runbook must compile");
    expect(other.compiled.runbook.scripts).toEqual({ all: ["copy", "verify"] });
    expect(other.compiled.digests).toEqual({ ...compiled.digests, whole: other.compiled.digests.whole });
    expect(other.compiled.digests.whole).not.toBe(compiled.digests.whole);
  });

  test("a wrong text gives its problems instead", () => {
    expect(compileRunbook("slackwater: 2", sha256)).toMatchObject({ ok: false });
  });
});

describe("arguments", () => {
  const render = (argument: Argument, facts: Scope["facts"] = {}) =>
    compiled.expressions.renderArguments({ a: argument }, scope(facts));

  test("texts are filled in, lone names keep their type, expressions are computed, lists and maps nest", () => {
    expect(render("{{ params.mount_point }}/data")).toEqual({ ok: true, value: { a: "/mnt/pgdata/data" } });
    expect(render("{{ params.port }}")).toEqual({ ok: true, value: { a: 5432 } });
    expect(render({ expr: "facts.db.size_bytes * 12 / 10" }, { db: { size_bytes: 100 } })).toEqual({
      ok: true,
      value: { a: 120 },
    });
    expect(render([{ b: "{{ params.kind }}" }, 3, true])).toEqual({
      ok: true,
      value: { a: [{ b: "plain" }, 3, true] },
    });
    expect(render({ expr: "facts.before.rows" }, { before: { rows: { users: 3 } } })).toEqual({
      ok: true,
      value: { a: { users: 3 } },
    });
  });

  test("what is not known is named, and nothing is guessed", () => {
    expect(render("{{ facts.db.directory }}")).toMatchObject({
      ok: false,
      failure: { code: "argumentsInvalid", message: '"facts.db.directory" is not known.' },
    });
    expect(render("{{ facts.db.directory }}/x")).toMatchObject({ ok: false });
    expect(render({ expr: "facts.db.size_bytes + 1" })).toMatchObject({ ok: false });
  });
});

test("a judgement carries the values that it was made on", () => {
  const { judge } = compiled.expressions;
  const facts = { host: { load1: 9, cores: 2 } };
  expect(judge("unstable", "Load", "facts.host.load1 > 2.0 * double(facts.host.cores)", scope(facts))).toEqual({
    id: "unstable",
    title: "Load",
    verdict: "pass",
    values: { "facts.host.load1": 9, "facts.host.cores": 2 },
  });
  expect(judge("aes", "AES", "facts.host.aes", scope(facts))).toMatchObject({
    verdict: "unknown",
    values: { "facts.host.aes": null },
  });
  expect(compiled.expressions.factsNamed("facts.host.aes && params.port > 1")).toEqual(["host.aes"]);
});
