import type { ReactNode } from "react";
import { createElement, Fragment } from "react";
import type { HtmlNode, Tag } from "./htmlTree.ts";
import { htmlTree, wordsOf } from "./htmlTree.ts";

/** How the marks of an announcement are shown; without one, a filled place is its words. */
export interface Marks {
  /** A place that was filled with a fact. */
  readonly filled?: (name: string, words: string) => ReactNode;
  /** A place that has no value yet. */
  readonly missing?: (name: string, words: string) => ReactNode;
}

/** A heading of a text lies below those of the page, and is told by its weight. */
const HEADING = "mt-3 font-semibold text-ink";

const LOOK: Readonly<Partial<Record<Tag, string>>> = {
  p: "not-first:mt-2",
  ul: "list-disc pl-5 not-first:mt-2",
  ol: "list-decimal pl-5 not-first:mt-2",
  li: "pl-1",
  pre: "mt-2 whitespace-pre-wrap rounded-control bg-sunken p-2",
  blockquote: "mt-2 border-l-3 border-l-edge pl-3",
  mark: "bg-stop-wash text-stop",
  h1: HEADING,
  h2: HEADING,
  h3: HEADING,
  h4: HEADING,
  h5: HEADING,
  h6: HEADING,
};

/** Shows text that our own Markdown renderer made, as elements of the page: nothing of it is ever inserted as HTML. */
export function RenderedHtml(props: { html: string; marks?: Marks; className?: string }) {
  const marks = props.marks ?? {};
  const nodes = htmlTree(props.html).map((node) => shown(node, marks));
  return (
    <div data-prose="" className={props.className}>
      {createElement(Fragment, null, ...nodes)}
    </div>
  );
}

function shown(node: HtmlNode, marks: Marks): ReactNode {
  // Line ends between blocks mean nothing, and a table would complain about them.
  if (typeof node === "string") return node === "\n" ? null : node;
  const { tag, attributes, children } = node;
  const fact = attributes["data-fact"];
  const missing = attributes["data-missing"];
  if (fact !== undefined && marks.filled) return marks.filled(fact, wordsOf(children));
  if (missing !== undefined && marks.missing) return marks.missing(missing, wordsOf(children));
  const look = LOOK[tag];
  const given = {
    ...(look !== undefined && { className: look }),
    ...(attributes.href !== undefined && { href: attributes.href, rel: "noreferrer" }),
    ...(attributes.start !== undefined && { start: Number(attributes.start) }),
  };
  // Spread as children, not as a list: their order is the text's, and nothing moves.
  return createElement(/^h[1-6]$/.test(tag) ? "p" : tag, given, ...children.map((child) => shown(child, marks)));
}
