import { describe, expect } from "vitest";
import { markdownToHtml, markdownToText } from "../../domain/announcement/markdown.ts";
import { RunId } from "../../domain/ids.ts";
import { compileRunbook } from "../../domain/runbook/compile.ts";
import { expressionLanguage } from "../../domain/runbook/expression.ts";
import { Parameters } from "../../domain/runbook/parameters.ts";
import { parseSize, readParameters } from "../../domain/runbook/readParameters.ts";
import { isTemplate, loneName, renderTemplate } from "../../domain/runbook/template.ts";
import { Instant, parseDuration } from "../../domain/time.ts";
import { compileSample, sha256 } from "../support/sampleRun.ts";
import { textLike, valueLike } from "./support/hostile.ts";
import { withstands } from "./support/withstands.ts";

const compiled = compileSample();

/**
 * The head of a runbook. Of whole ones fewer cases are tried, beside the code (domain/runbook/fuzz.test.ts): to compile one takes a
 * hundred times as long as to read this.
 */
const SHORT = `slackwater: 1
id: short
title: Look
version: "1"
summary: Looks.
risk: low
objective: { rollbackWithin: 30m, safetyMargin: 10m }
hosts: { db: { title: The host } }
facts: { dir.size_bytes: { type: size, title: Size, freshFor: 48h } }
`;

/** Every problem has a place in the text and words without a slip of ours. */
function hasPlaces(answer: unknown, source: string): void {
  const { ok, problems = [] } = answer as {
    ok: boolean;
    problems?: { line: number; column: number; message: string }[];
  };
  if (ok) return;
  expect(problems.length).toBeGreaterThan(0);
  const lines = source.split("\n").length;
  for (const { line, column, message } of problems) {
    expect(line >= 1 && line <= lines + 1 && column >= 1).toBe(true);
    expect(message).not.toMatch(/\[object Object\]/);
  }
}

describe("whatever text is given for a runbook, it compiles or its problems have a place", () => {
  withstands("compileRunbook", {
    input: textLike([SHORT]),
    read: (source) => {
      const compiled = compileRunbook(source, sha256);
      return compiled.ok ? { ok: true } : compiled;
    },
    holds: hasPlaces,
  });
});

const language = expressionLanguage({
  facts: { "db.size_bytes": "size", "db.rows": "record", "host.load1": "number", "host.aes": "flag" },
  parameters: { quota: "size", name: "string" },
});
const scope = {
  params: { quota: 100, name: "x" },
  facts: { db: { size_bytes: 5, rows: { a: 1 } }, host: { load1: 0.5, aes: true } },
  ...{ began: new Set<never>(), done: new Set<never>(), now: Instant.parse(1000) },
  run: { id: RunId.parse("4b9ae1c6-7a52-4d25-8f55-1b5d9d9b2d10"), kind: "live" as const },
  window: { starts_at: Instant.parse(0), ends_at: Instant.parse(5000) },
};
const EXPRESSIONS = [
  "facts.host.load1 > 2.0 * double(facts.db.size_bytes) && !done('copy')",
  'began("copy") ? round_up(facts.db.size_bytes, gib(1)) : least(1, 2)',
  'facts.db.rows["a"] == 1 || has(facts.db.rows.b)',
  '[1, 2].exists(x, x == 1) && params.name.startsWith("x") && now - window.starts_at > ms("5m")',
];

describe("whatever stands in an expression or a template, it has an outcome or a reason", () => {
  withstands("an expression", {
    input: textLike(EXPRESSIONS),
    read: (text) => ({
      verdict: language.check(text, {}),
      outcome: language.run(text, scope),
      names: language.namesIn(text),
      steps: language.stepsIn(text),
    }),
  });
  withstands("a template", {
    input: textLike([
      "Copy {{ params.from }} to {{ facts.db.size_bytes | bytes }}.",
      "{% if facts.aes %}yes{% else %}no{% endif %} {{ a | default: 'x' }}",
      "{{ params.from }}",
    ]),
    read: (text) => [
      isTemplate(text),
      loneName(text),
      renderTemplate(text, (name) => (name.endsWith("bytes") ? 5 : name.endsWith("aes") ? true : undefined)),
    ],
  });
  withstands("an announcement", {
    input: textLike([
      "# Maintenance\n\n**From** 22:00 [status](https://status.example)\n\n- one\n- two `x`\n",
      "[x](javascript:alert(1)) <script>alert(1)</script> <img src=x onerror=alert(1)> ![i](data:text/html,x)\n",
    ]),
    read: (text) => [markdownToHtml(text), markdownToText(text)],
    holds: (answer) => {
      const html = String((answer as readonly string[])[0]);
      if (/<script|(?:href|src)="\s*(?:(?:java|vb)script:|data:text)/i.test(html))
        throw new Error("it became part of a page");
    },
  });
  withstands("a duration or a size", {
    input: textLike(["1h30m", "90s", "5 GiB", "1.5MB", "7d"]),
    read: (text) => [parseDuration(text), parseSize(text)],
    holds: (answer) => {
      for (const number of answer as readonly unknown[])
        if (number !== undefined) expect(Number.isSafeInteger(number)).toBe(true);
    },
  });
  withstands("the parameters of a window", {
    input: valueLike([{ from: "/srv/old", to: "/srv/new/data" }]),
    // As they come in: the body of a request is an object of such values.
    read: (given) => {
      const body = Parameters.safeParse(given);
      return body.success ? readParameters(compiled.runbook, body.data) : undefined;
    },
  });
});
