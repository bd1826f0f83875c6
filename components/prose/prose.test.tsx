import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { markdownToHtml } from "../../domain/announcement/markdown.ts";
import { htmlTree } from "./htmlTree.ts";
import { RenderedHtml } from "./RenderedHtml.tsx";

const shown = (html: string) => renderToStaticMarkup(<RenderedHtml html={html} />);

test("a text reads as it was written: paragraphs, lists, emphasis, links", () => {
  const html = markdownToHtml(
    "Hello,\n\nfrom **02:00** to 05:00\nat https://status.example.com\n\n- one & two\n- <three>\n\n1. first\n\n```\na < b\n```\n\n## Why",
  );
  const words = shown(html).replaceAll(/<[^>]+>/g, " ");
  expect(words.replaceAll(/\s+/g, " ").trim()).toBe(
    "Hello, from 02:00 to 05:00 at https://status.example.com one &amp; two &lt;three&gt; first a &lt; b Why",
  );
  expect(shown(html)).toContain('href="https://status.example.com"');
  expect(shown(html)).toContain("<strong>02:00</strong>");
  expect(shown(html)).not.toContain("<h2");
});

test("nothing that could act on a reader's page gets onto it, whatever stands in the text", () => {
  const hostile = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<a href="javascript:alert(1)">a</a>',
    '<a href="/api/auth/sign-out" onclick="x()">b</a>',
    '<p style="position:fixed" onmouseover="x()">c</p>',
    '<iframe src="https://elsewhere.example"></iframe>',
    "<svg><style>*{display:none}</style></svg>",
    "</div></body><p>d</p>",
    "<p <b>e</p",
  ].join("");
  const html = shown(hostile);
  expect(html).not.toMatch(/<(script|img|iframe|svg|style)|onclick|onerror|onmouseover|javascript|sign-out|style=/i);
  expect(html.replaceAll(/<[^>]*>/g, "")).toContain("d");
  expect(html.startsWith('<div data-prose="">')).toBe(true);
  expect(html.endsWith("</div>")).toBe(true);
});

test("a filled place and a missing one can be shown as the page likes", () => {
  const html = '<p>Back at <span data-fact="run.end">03:58</span>, <mark data-missing="note.lost">note.lost</mark></p>';
  const marks = {
    filled: (name: string, words: string) => `[${name}=${words}]`,
    missing: (name: string) => `{${name}}`,
  };
  expect(renderToStaticMarkup(<RenderedHtml html={html} marks={marks} />)).toContain(
    "Back at [run.end=03:58], {note.lost}",
  );
  expect(shown(html)).toContain("Back at <span>03:58</span>");
});

test("any text at all gives a tree and no trouble", () => {
  for (const text of ["", "<", ">", "<<p>>", "</p>", "<p>", "a<b>c<i>d", "&amp;&lt;&nosuch;", "<p".repeat(2000)]) {
    expect(() => htmlTree(text)).not.toThrow();
  }
  expect(htmlTree("&lt;b&gt; &amp;amp;")).toEqual(["<b> &amp;"]);
});
