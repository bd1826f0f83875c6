import fc from "fast-check";
import { expect, test } from "vitest";
import { Instant } from "../time.ts";
import type { AnnouncementValues, KnownValue, RenderedAnnouncement } from "./render.ts";
import { renderAnnouncement } from "./render.ts";

const values = (more: Record<string, string | number | boolean | null> = {}): AnnouncementValues =>
  new Map<string, KnownValue>([
    ["params.service", { value: "Orders", source: "a parameter of the window" }],
    ["window.zone", { value: "Europe/Berlin", source: "the window" }],
    ["run.ended_at", { value: Date.UTC(2026, 11, 3, 3, 16), source: "the run's log", at: Instant.parse(5) }],
    ["facts.after.rows", { value: { operations: 12, users: 3 }, source: "measured by a task" }],
    ["note.issue", { value: null, source: "written by hand" }],
    ...Object.entries(more).map(([name, value]) => [name, { value, source: "test" }] as const),
  ]);

function render(body: string, known = values(), subject = "S"): RenderedAnnouncement {
  const rendering = renderAnnouncement({ subject, body }, known);
  if (!rendering.ok) throw new Error(rendering.message);
  return rendering;
}

test("one template gives plain text, Markdown and HTML, with the reader's time", () => {
  const rendered = render(
    "**{{ params.service }}** is back since {{ run.ended_at | time: window.zone }}.\n\n- {{ facts.after.rows.operations | count }} entries\n- [help](https://help.example.com)\n",
    values(),
    "{{ params.service }}: done",
  );
  expect(rendered.subject).toBe("Orders: done");
  expect(rendered.text).toBe("Orders is back since 04:16.\n\n- 12 entries\n- help (https://help.example.com)");
  expect(rendered.markdown).toBe("**Orders** is back since 04:16.\n\n- 12 entries\n- [help](https://help.example.com)");
  expect(rendered.html).toContain('<strong><span data-fact="params.service">Orders</span></strong>');
  expect(rendered.html).toContain('<li><span data-fact="facts.after.rows.operations">12</span> entries</li>');
});

test("each filled place names its source and its moment", () => {
  expect(render("{{ run.ended_at | time: window.zone }}").filled).toEqual([
    { name: "run.ended_at", text: "04:16", source: "the run's log", at: 5 },
  ]);
});

test("a missing fact stands in the text by its name, in every form, and is listed", () => {
  const rendered = render("Back at {{ run.expected_end_at | time: window.zone }}.", values(), "About {{ run.kind }}");
  expect(rendered.missing).toEqual(["run.kind", "run.expected_end_at"]);
  expect(rendered.text).toBe("Back at [run.expected_end_at].");
  expect(rendered.markdown).toBe("Back at \\[run.expected_end_at\\].");
  expect(rendered.html).toBe('<p>Back at <mark data-missing="run.expected_end_at">run.expected_end_at</mark>.</p>');
  expect(rendered.subject).toBe("About [run.kind]");
});

test("a note that nobody wrote is no gap", () => {
  const body = "{% if note.issue %}Issues: {{ note.issue }}{% else %}Issues: none.{% endif %}";
  expect(render(body)).toMatchObject({ text: "Issues: none.", missing: [] });
  expect(render(body, values({ "note.issue": "slow for ten minutes" })).text).toBe("Issues: slow for ten minutes");
});

test("a value is never taken for Markdown or HTML", () => {
  const rendered = render(
    "Hi {{ params.service }}",
    values({ "params.service": '**<img src=x onerror="alert(1)">** [a](javascript:x)' }),
  );
  expect(rendered.html).toBe(
    '<p>Hi <span data-fact="params.service">**&lt;img src=x onerror=&quot;alert(1)&quot;&gt;** [a](javascript:x)</span></p>',
  );
  expect(rendered.text).toBe('Hi **<img src=x onerror="alert(1)">** [a](javascript:x)');
  expect(rendered.markdown).toContain("\\*\\*\\<img");
});

test("HTML and dangerous links of a template itself are shown, not obeyed", () => {
  const rendered = render("<script>alert(1)</script> [x](javascript:alert(1)) ![y](data:text/html,z)");
  expect(rendered.html).not.toContain("<script");
  expect(rendered.html).not.toContain("href");
  expect(rendered.html).not.toContain('src="data:text/html');
});

test("lists nest and number in plain text", () => {
  expect(render("# Head\n\nText\nmore\n\n1. one\n2. two\n   - inner\n\nEnd").text).toBe(
    "Head\n\nText\nmore\n\n1. one\n2. two\n  - inner\n\nEnd",
  );
});

test("any value in any place gives all forms without a stray mark or a tag of its own", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (value) => {
      const rendered = render("a **{{ params.service }}** b", values({ "params.service": value }));
      expect(rendered.html.replace(/<\/?(p|strong|span|a)( [^<>]*)?>/g, "")).not.toMatch(/[<>]/);
      expect(rendered.html + rendered.text + rendered.markdown).not.toMatch(/[\uE000-\uE002]/);
    }),
    { numRuns: 300 },
  );
});
