import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Problem } from "./problem.ts";
import { problemText } from "./problem.ts";
import { readRunbook } from "./read.ts";

const good = readFileSync(new URL("../../runbooks/luks-postgres/runbook.yaml", import.meta.url), "utf8");

/** Changes the first place of a text that must be there, and reads the result. */
function change(from: string, to: string): { problems: readonly Problem[]; line: number; column: number } {
  const at = good.indexOf(from);
  if (at < 0) throw new Error(`the runbook does not hold: ${from}`);
  const read = readRunbook(good.slice(0, at) + to + good.slice(at + from.length));
  const before = good.slice(0, at).split("\n");
  return {
    problems: read.ok ? read.warnings : read.errors,
    line: before.length,
    column: (before.at(-1) ?? "").length + 1,
  };
}

describe("a script in a runbook", () => {
  const at = good.indexOf("action: files.copy\n          host: db\n          with:");

  /** The shipped runbook with a script in the place of its copy. */
  function withScript(lines: readonly string[]): readonly Problem[] {
    const given = lines.map((line) => `\n            ${line}`).join("");
    const rest = good.slice(at).replace(/^(?:.*\n){3}(?: {12}.*\n)+/, "");
    const read = readRunbook(
      `${good.slice(0, at)}action: script.run\n          host: db\n          with:${given}\n${rest}`,
    );
    return (read.ok ? [] : read.errors).filter(({ code }) => code === "arguments");
  }

  test("is taken as it stands, with values as arguments and in the environment", () => {
    const good = ["interpreter: /bin/sh", 'text: "echo $1 ${#TO}"', 'args: ["{{ params.mount_point }}"]'];
    expect(withScript([...good, 'environment: { TO: "{{ params.data_dir }}" }'])).toEqual([]);
  });

  test.each([
    ["a template", 'text: "rm -r {{ params.mount_point }}"'],
    ["a condition", 'text: "{% if true %}true{% endif %}"'],
    ["an expression", "text: { expr: params.mount_point }"],
  ])("that holds %s is an error in its place: it would become another script", (_, text) => {
    const [problem, ...others] = withScript(["interpreter: /bin/sh", text]);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ severity: "error", message: expect.stringContaining("carried out as it stands") });
    expect(problem?.at).toMatch(/\.with\.text/);
  });

  test("is not chosen by a template either: its interpreter is one of three", () => {
    const [problem] = withScript(['interpreter: "{{ params.mount_point }}"', "text: x"]);
    expect(problem?.message).toContain('"interpreter" is carried out as it stands');
  });
});

describe("a wrong runbook names line, column and what was expected", () => {
  test.each([
    ["an unknown key", "risk: medium", "risc: medium", "shape", 'unknown key "risc"'],
    ["a wrong word", "risk: medium", "risk: mediun", "shape", 'Did you mean "medium"?'],
    ["an unknown action", "action: files.copy", "action: files.copi", "unknownAction", 'Did you mean "files.copy"?'],
    [
      "an unknown host",
      "action: files.copy\n          host: db",
      "action: files.copy\n          host: dv",
      "reference",
      'no host "dv"',
    ],
    ["an unknown argument", "maxKiBps:", "maxKips:", "arguments", 'Did you mean "maxKiBps"?'],
    ["an argument of the wrong kind", "samples: 20", "samples: many", "arguments", "http.check: "],
    [
      "a fact that is not declared",
      "copy.files_count: result",
      "copy.file_count: result",
      "reference",
      'Did you mean "copy.files_count"?',
    ],
    [
      "a field that the result does not have",
      "expr: result.sessions_left_count",
      "expr: result.sessions_left",
      "expression",
      "No such key: sessions_left",
    ],
    [
      "a fact name that does not exist",
      "facts.host.load1 >",
      "facts.host.load >",
      "expression",
      'Did you mean "load1"?',
    ],
    [
      "mixed kinds of number",
      "double(params.max_load_per_core * facts.host.cores)",
      "facts.host.load1 * facts.host.cores",
      "expression",
      "no such overload",
    ],
    [
      "a step that does not exist",
      'began("start-new")',
      'began("start-now")',
      "reference",
      'Did you mean "start-new"?',
    ],
    ["an undo that does not exist", "undo: [point-back]", "undo: [point-backwards]", "reference", "no rollback step"],
    [
      "a template name that does not exist",
      "{{ params.mount_point }}/data",
      "{{ params.mount_pont }}/data",
      "template",
      'Did you mean "params.mount_point"?',
    ],
    [
      "an announcement that names nothing real",
      "{{ run.expected_end_at |",
      "{{ run.expected_end |",
      "template",
      '"run.expected_end" is not declared',
    ],
    [
      "an unknown filter",
      "facts.verified.files_count | count",
      "facts.verified.files_count | counted",
      "template",
      'there is no filter "counted"',
    ],
    [
      "a secret that is not declared",
      "secret: recovery }",
      "secret: recovry }",
      "secret",
      '"recovry", which is not declared',
    ],
    [
      "the same id twice",
      "- id: prove-at-rest\n",
      "- id: stop-postgres\n",
      "duplicate",
      '"stop-postgres" is there twice',
    ],
    ["a need that comes later", "needs: [prove-at-rest]", "needs: [reopen]", "cycle", "comes later"],
    ["a default that is no choice", "default: luks2", "default: luks3", "shape", "One of luks2, none is needed."],
    ["a duration that is none", "safetyMargin: 10m", "safetyMargin: 10 min", "shape", "a duration such as"],
    [
      "a fact that nothing has measured yet",
      'path: "{{ facts.final.backup_path }}"',
      'path: "{{ facts.new.directory }}"',
      "reference",
      "nothing measures",
    ],
    [
      "a script of a task that does not exist",
      "[open-volume]",
      "[open-volum]",
      "reference",
      'Did you mean "open-volume"?',
    ],
    ["a script of what is no task", "[open-volume]", "[users-gate]", "reference", '"users-gate" is no task'],
    [
      "a task in two scripts",
      "[reopen, verify]",
      "[copy, verify]",
      "duplicate",
      '"migrate-to-encrypted-volume" already',
    ],
    ["a task twice in a script", "[reopen, verify]", "[verify, verify]", "duplicate", '"verify-migration" already'],
    ["a probe that is no probe", "action: luks.status", "action: luks.prove", "probe", "gives no sample"],
  ])("%s", (_what, from, to, code, message) => {
    const { problems, line } = change(from, to);
    const found = problems.find((problem) => problem.code === code && problem.message.includes(message));
    expect(found, problems.map(problemText).join("\n")).toBeDefined();
    expect(found?.severity).toBe("error");
    expect(Math.abs((found?.line ?? 0) - line)).toBeLessThanOrEqual(2);
    expect(found?.column).toBeGreaterThanOrEqual(1);
  });

  test("inside an expression the very column is named", () => {
    const { problems, line, column } = change(
      "facts.prepared.backup_complete && facts.prepared.restore_equal",
      "facts.prepared.backup_complete && facts.prepared.restored",
    );
    expect(problems[0]).toMatchObject({
      line,
      column: column + "facts.prepared.backup_complete && facts.prepared.".length,
    });
  });

  test("what is no YAML at all is said with its place", () => {
    expect(readRunbook("slackwater: 1\nid: [x\ntitle: y\n")).toMatchObject({
      ok: false,
      errors: [{ code: "yaml", line: 3 }],
    });
    expect(readRunbook("")).toMatchObject({
      ok: false,
      errors: [{ code: "shape", message: "expected a map, found nothing." }],
    });
  });
});

describe("a runbook can't leave a change without proof or way back", () => {
  const step =
    "        verify:\n          - { title: It shut down cleanly, expr: result.is_down && result.is_clean }\n        undo: [start-old]\n";

  test("a step that changes something has a verify", () => {
    const { problems } = change(step, "        undo: [start-old]\n");
    expect(problems.map(problemText).join("\n")).toContain('"stop-postgres" changes something and has no verify');
  });

  test("a step that changes something has an undo, or a rollback step that names it", () => {
    const withoutUndo = step.replace("        undo: [start-old]\n", "");
    expect(change(step, withoutUndo).problems).toEqual([]);
    const text = good.replace(step, withoutUndo).replaceAll('began("stop-postgres")', 'began("copy")');
    const read = readRunbook(text);
    expect(read.ok ? [] : read.errors.map((error) => error.code)).toEqual(["effect"]);
  });

  test("a rollback step that destroys is refused", () => {
    const { problems } = change(
      "task: { action: luks.close, host: db, with: { volume: *volume } }",
      "task: { action: luks.create, host: db, with: { volume: *volume, sizeBytes: 1 } }",
    );
    expect(problems.map(problemText).join("\n")).toContain("luks.create destroys: no rollback may");
  });
});

test("a database probe that goes on while a step stops the database is an error", () => {
  const { problems } = change("    pausedFrom: stop-postgres\n    pausedUntil: start-new\n", "");
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ code: "probe", severity: "error" });
  expect(problems[0]?.message).toContain('"database" asks the database while "stop-postgres" has it stopped');
});

test("steps that need each other are named as a circle", () => {
  const { problems } = change("needs: [prove-at-rest]", "needs: [verify]");
  const circle = readRunbook(good.replace("needs: [prove-at-rest]", "needs: [verify]"));
  expect(problems.length).toBeGreaterThan(0);
  expect(circle.ok ? "" : circle.errors.map((error) => error.message).join()).toContain("these need each other");
});

test("a declared fact that nothing measures is a warning, not an error", () => {
  const { problems } = change(
    "facts:\n  db.size_bytes",
    "facts:\n  db.unused: { type: text, title: Not used }\n  db.size_bytes",
  );
  expect(problems).toMatchObject([{ severity: "warning", message: 'nothing measures the fact "db.unused".' }]);
});

test("a step of two kinds, or of none, is refused with the list of kinds", () => {
  const text =
    "      - id: announce-done\n        title: Tell users that it is done\n        lasts: 1m\n        announce: { announcement: done }\n";
  const none = change(text, text.replace("        announce: { announcement: done }\n", ""));
  expect(none.problems[0]?.message).toContain("exactly one of task, manual, gate, announce, wait; this one has none");
  const two = change(text, `${text}        wait: { for: 1m }\n`);
  expect(two.problems[0]?.message).toContain("this one has announce and wait");
});
