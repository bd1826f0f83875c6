/** A piece of rendered text: words, or an element with what is in it. */
export type HtmlNode = string | HtmlElement;

/** An element of rendered text. Only tags of `TAGS` ever stand here; `attributes` holds only those that mean something to us. */
export interface HtmlElement {
  readonly tag: Tag;
  readonly attributes: Readonly<Partial<Record<Attribute, string>>>;
  readonly children: readonly HtmlNode[];
}

/** What our Markdown renderer writes, and the two marks of an announcement (domain/announcement/render.ts). */
const TAGS = [
  ...["p", "br", "hr", "strong", "em", "s", "a", "code", "pre", "blockquote", "ul", "ol", "li"],
  ...["h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "span", "mark"],
] as const;
export type Tag = (typeof TAGS)[number];

type Attribute = "href" | "start" | "data-fact" | "data-missing";

const VOID: ReadonlySet<string> = new Set(["br", "hr"]);
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/**
 * Reads rendered HTML into a tree that React can show, so that no page ever inserts HTML as it came. What is not one of our own
 * tags is dropped and its words stay; links lead to the web or to mail, nowhere else. Never throws.
 */
export function htmlTree(html: string): readonly HtmlNode[] {
  const root: Open = { tag: undefined, attributes: {}, children: [] };
  const open: Open[] = [root];
  for (const [piece] of html.matchAll(/<[^<>]*>|[^<]+|</g)) {
    const inner = open.at(-1) ?? root;
    const tag = /^<(\/?)([a-z][a-z0-9]*)\b([^<>]*)>$/i.exec(piece);
    if (tag === null) inner.children.push(unescaped(piece));
    else if (tag[1] === "/") close(open, tag[2] ?? "");
    else begin(open, inner, tag[2] ?? "", tag[3] ?? "");
  }
  while (open.length > 1) close(open, open.at(-1)?.tag ?? "");
  return root.children;
}

interface Open {
  readonly tag: Tag | undefined;
  readonly attributes: HtmlElement["attributes"];
  readonly children: HtmlNode[];
}

function begin(open: Open[], inner: Open, name: string, rest: string): void {
  const tag = TAGS.find((known) => known === name.toLowerCase());
  if (tag === undefined) return;
  if (VOID.has(tag)) inner.children.push({ tag, attributes: {}, children: [] });
  else open.push({ tag, attributes: attributesOf(tag, rest), children: [] });
}

/** Closes the innermost element of that name and all that was left open in it; a stray end closes nothing. */
function close(open: Open[], name: string): void {
  const at = open.findLastIndex(({ tag }) => tag !== undefined && tag === name.toLowerCase());
  if (at < 1) return;
  while (open.length > at) {
    const { tag, attributes, children } = open.pop() ?? {};
    if (tag !== undefined) open.at(-1)?.children.push({ tag, attributes: attributes ?? {}, children: children ?? [] });
  }
}

function attributesOf(tag: Tag, rest: string): HtmlElement["attributes"] {
  const attributes: Partial<Record<Attribute, string>> = {};
  for (const [, name, raw = ""] of rest.matchAll(/([a-z-]+)="([^"]*)"/g)) {
    const value = unescaped(raw);
    if (tag === "a" && name === "href" && leadsOut(value)) attributes.href = value;
    if (tag === "ol" && name === "start" && /^\d{1,6}$/.test(value)) attributes.start = value;
    if (tag === "span" && name === "data-fact") attributes["data-fact"] = value;
    if (tag === "mark" && name === "data-missing") attributes["data-missing"] = value;
  }
  return attributes;
}

function leadsOut(address: string): boolean {
  return /^(https?:\/\/|mailto:)/i.test(address);
}

function unescaped(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

/** The words of a tree without its elements. */
export function wordsOf(nodes: readonly HtmlNode[]): string {
  return nodes.map((node) => (typeof node === "string" ? node : wordsOf(node.children))).join("");
}
