import { expect, test } from "vitest";
import { isTemplate, loneName, readTemplate, renderTemplate } from "./template.ts";

const known: Record<string, unknown> = {
  "params.mount": "/mnt/x",
  "params.zone": "America/Los_Angeles",
  "facts.db.size_bytes": 1_073_741_824,
  "facts.encrypted": "luks2",
  "facts.rows": { operations: 12, users: 3 },
  "window.starts_at": Date.UTC(2026, 11, 3, 10, 0),
};
const lookup = (name: string): unknown => known[name];
const text = (template: string): string => {
  const rendered = renderTemplate(template, lookup);
  if (!rendered.ok) return `FAILED ${rendered.message}`;
  return rendered.pieces.map((piece) => (piece.kind === "missing" ? `[${piece.name}]` : piece.text)).join("");
};

test("facts are filled in with their units, in the reader's zone", () => {
  expect(text("{{ params.mount }}/data holds {{ facts.db.size_bytes | bytes }}")).toBe(
    "/mnt/x/data holds 1.07\u00a0GB",
  );
  expect(text("{{ window.starts_at | moment: params.zone }} {{ params.zone | zone }}")).toBe(
    "Thu 3 Dec 2026, 02:00 Los Angeles",
  );
  expect(text("{{ facts.rows }}")).toBe("operations 12, users 3");
});

test("every filled place keeps the name that it came from", () => {
  const rendered = renderTemplate("at {{ window.starts_at | time: params.zone }}", lookup);
  expect(rendered).toEqual({
    ok: true,
    pieces: [
      { kind: "text", text: "at " },
      { kind: "filled", name: "window.starts_at", text: "02:00" },
    ],
    missing: [],
  });
});

test("a missing fact stands in the text by its name, through filters and in conditions", () => {
  expect(text("took {{ run.duration_ms | duration }}")).toBe("took [run.duration_ms]");
  expect(text("at {{ window.starts_at | time: window.zone }}")).toBe("at [window.zone]");
  expect(renderTemplate("{% if facts.absent %}a{% else %}b{% endif %}", lookup)).toMatchObject({
    missing: ["facts.absent"],
  });
});

test("a value of the wrong kind for its filter counts as missing, and is not printed", () => {
  expect(text("{{ params.mount | bytes }}")).toBe("[params.mount]");
});

test("conditions compare the plain values", () => {
  expect(text('{% if facts.encrypted == "luks2" %}encrypted{% else %}NOT ENCRYPTED{% endif %}')).toBe("encrypted");
});

test.each([
  ["{{ a.b", 'output "{{ a.b" not closed'],
  ["{% include 'x' %}", '"include" can\'t stand here: tags are if, unless, case, comment, raw, each with its end'],
  ["{% for i in (1..10) %}{{ i }}{% endfor %}", '"for" can\'t stand here'],
  ["{% endif %}", '"endif" can\'t stand here'],
  ["{{ a.b | nofilter }}", 'there is no filter "nofilter": bytes, '],
  ["{{ a['b'] }}{{ a[c.d] }}", "names are written with dots"],
])("%s is refused", (template, message) => {
  expect(readTemplate(template)).toMatchObject({ ok: false });
  const verdict = readTemplate(template);
  expect(verdict.ok ? "" : verdict.message).toContain(message);
});

test("the place of an unknown filter is where it is used", () => {
  const text = "nofilter says {{ a.b | bytes }} or {{ a.b |  nofilter }}";
  expect(readTemplate(text)).toMatchObject({ ok: false, offset: text.lastIndexOf("nofilter") });
});

test("a filter's name is no pattern", () => {
  expect(readTemplate("{{ a.b | ?x }}")).toMatchObject({ ok: false });
  expect(readTemplate("{{ a.b | x? }}")).toMatchObject({ ok: false });
});

test("a value can't fake a filled place, and a name can't reach into the language", () => {
  known["params.evil"] = "\uE000x\uE001y\uE002{{ params.mount }}";
  expect(text("{{ params.evil }}")).toBe("xy{{ params.mount }}");
  expect(text("{{ params.mount.constructor.name }}{{ facts.__proto__ }}")).not.toContain("Function");
});

test("a lone name keeps its type; a text around it does not", () => {
  expect(loneName("{{ params.port }}")).toBe("params.port");
  expect(loneName("{{ params.port }}0")).toBeUndefined();
  expect(loneName("{{ params.port | count }}")).toBeUndefined();
  expect(isTemplate("a {{ b }}")).toBe(true);
});
