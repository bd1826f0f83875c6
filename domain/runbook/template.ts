import { CaseTag, CommentTag, Drop, IfTag, Liquid, LiquidError, RawTag, UnlessTag } from "liquidjs";
import { formatNumber } from "../format/count.ts";
import { TEMPLATE_FILTERS } from "./templateFilters.ts";

/** Looks a dotted name up (`facts.db.size_bytes`); undefined where it is not known. */
export type Lookup = (name: string) => unknown;

/** A rendered text in pieces: as written, filled in from a name, or missing. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "filled"; readonly name: string; readonly text: string }
  | { readonly kind: "missing"; readonly name: string };

/** A template filled in. `missing` also holds names that only a condition asked for. */
export type Rendered =
  | { readonly ok: true; readonly pieces: readonly Piece[]; readonly missing: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** What a template names, or why it is none. */
export type TemplateVerdict =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly offset: number };

/** Reads templates and remembers what it read: the same text stands in many places of one runbook. */
export type TemplateReader = (text: string) => TemplateVerdict;

// Private-use characters mark filled places while Liquid runs; they are taken out of every value first.
const OPEN = "\uE000";
const MIDDLE = "\uE001";
const CLOSE = "\uE002";
const MARKS = /[\uE000-\uE002]/g;
const LONGEST_TEMPLATE = 100_000;
// Only conditions: no loops, no assignments, no includes. What a text says must be plain from reading it.
const TAGS = { if: IfTag, unless: UnlessTag, case: CaseTag, comment: CommentTag, raw: RawTag };

/** A looked-up value that remembers its name through filters. Comparisons see the plain value. */
class NamedValue extends Drop {
  readonly name: string;
  readonly held: unknown;
  readonly onAsked: (name: string) => void;

  constructor(name: string, held: unknown, onAsked: (name: string) => void) {
    super();
    this.name = name;
    this.held = held;
    this.onAsked = onAsked;
  }

  override valueOf(): unknown {
    if (this.held === undefined) this.onAsked(this.name);
    return this.held ?? null;
  }
}

const plain = (value: unknown): unknown => (value instanceof NamedValue ? value.held : value);

/** A value without a filter, as text. A record reads `operations 12, users 3`. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.map((item: unknown) => textOf(item) ?? "").join(", ");
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([key, item]) => `${key} ${typeof item === "number" ? formatNumber(item) : (textOf(item) ?? "")}`)
      .join(", ");
  }
  return undefined;
}

function marked(value: unknown): string {
  const text = textOf(plain(value));
  if (value instanceof NamedValue)
    return `${OPEN}${value.name}${text === undefined ? "" : MIDDLE + text.replace(MARKS, "")}${CLOSE}`;
  return (text ?? "").replace(MARKS, "");
}

function engine(): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    strictVariables: false,
    ownPropertyOnly: true,
    // In memory and empty: no template can read a file.
    templates: {},
    outputEscape: marked,
    parseLimit: LONGEST_TEMPLATE,
    memoryLimit: 10_000_000,
  });
  for (const name of Object.keys(liquid.tags)) Reflect.deleteProperty(liquid.tags, name);
  for (const [name, tag] of Object.entries(TAGS)) liquid.registerTag(name, tag);
  for (const name of Object.keys(liquid.filters)) Reflect.deleteProperty(liquid.filters, name);
  for (const [name, filter] of Object.entries(TEMPLATE_FILTERS)) {
    liquid.registerFilter(name, (value: unknown, argument: unknown) => {
      const text = filter(plain(value), plain(argument));
      if (!(value instanceof NamedValue)) return text ?? "";
      // A filter that can't take the value, or lacks its zone, leaves the name standing as missing.
      const lacking = argument instanceof NamedValue && argument.held === undefined ? argument.name : value.name;
      return new NamedValue(text === undefined ? lacking : value.name, text, value.onAsked);
    });
  }
  return liquid;
}

const liquid = engine();

const UNKNOWN_FILTER = /^undefined filter: (.*)$/;

function messageOf(error: unknown): string {
  const message =
    error instanceof LiquidError
      ? (error.originalError?.message ?? error.message)
      : error instanceof Error
        ? error.message
        : "";
  const said = (message.split("\n")[0] ?? "").replace(/, line:\d+, col:\d+$/, "");
  const filter = UNKNOWN_FILTER.exec(said)?.[1];
  if (filter !== undefined) return `there is no filter "${filter}": ${Object.keys(TEMPLATE_FILTERS).join(", ")}`;
  const tag = /^tag "(.*)" not found$/.exec(said)?.[1];
  if (tag !== undefined)
    return `"${tag}" can't stand here: tags are ${Object.keys(TAGS).join(", ")}, each with its end`;
  return said || "it can't be read";
}

/** Whether a text has anything to fill in. */
export function isTemplate(text: string): boolean {
  return text.includes("{{") || text.includes("{%");
}

/** `params.port` where a text is nothing but one name in braces, without a filter: then the value keeps its type. */
export function loneName(text: string): string | undefined {
  return /^\s*\{\{-?\s*([a-z][a-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)+)\s*-?\}\}\s*$/.exec(text)?.[1];
}

/** So many characters into the text, from the line and column that Liquid's message ends with; it has none for a filter. */
function offsetOf(error: unknown, text: string): number {
  const filter =
    error instanceof LiquidError ? UNKNOWN_FILTER.exec(error.originalError?.message ?? "")?.[1] : undefined;
  if (filter !== undefined) {
    const starts = [...text.matchAll(/\|\s*/g)].map((bar) => bar.index + bar[0].length);
    return starts.find((start) => text.startsWith(filter, start)) ?? 0;
  }
  const place = error instanceof Error ? /, line:(\d+), col:(\d+)/.exec(error.message) : null;
  if (place === null) return 0;
  const before = text.split("\n").slice(0, Number(place[1]) - 1);
  return before.reduce((sum, line) => sum + line.length + 1, 0) + Number(place[2]) - 1;
}

/** A reader with a memory of its own. */
export function templateReader(): TemplateReader {
  const known = new Map<string, TemplateVerdict>();
  return (text) => {
    const verdict = known.get(text) ?? readTemplate(text);
    known.set(text, verdict);
    return verdict;
  };
}

/** Checks a template and lists the dotted names that it reads. Never throws. */
export function readTemplate(text: string): TemplateVerdict {
  if (!isTemplate(text)) return { ok: true, names: [] };
  try {
    const names = liquid.globalVariableSegmentsSync(liquid.parse(text)).map((segments) => {
      const words = segments.filter((segment) => typeof segment === "string");
      return words.length === segments.length ? words.join(".") : undefined;
    });
    const known = names.filter((name) => name !== undefined);
    if (known.length < names.length)
      return { ok: false, message: "names are written with dots here, not with brackets", offset: 0 };
    const odd = known.find((name) => !/^[a-z][a-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/.test(name));
    if (odd !== undefined) return { ok: false, message: `"${odd}" is no name`, offset: Math.max(0, text.indexOf(odd)) };
    return { ok: true, names: [...new Set(known)] };
  } catch (error) {
    return { ok: false, message: messageOf(error), offset: offsetOf(error, text) };
  }
}

function scopeOf(names: readonly string[], lookup: Lookup, onAsked: (name: string) => void): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  // Longer names first: a record and one of its entries may both be named, and then the entry is looked up in the record's level.
  for (const name of [...names].sort((a, b) => b.length - a.length)) {
    const words = name.split(".");
    const last = words.pop() ?? name;
    let level = root;
    for (const word of words) {
      const next = level[word];
      const deeper: Record<string, unknown> = isLevel(next) ? next : {};
      level[word] = deeper;
      level = deeper;
    }
    if (!(last in level)) level[last] = new NamedValue(name, lookup(name), onAsked);
  }
  return root;
}

const isLevel = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !(value instanceof NamedValue);

function piecesOf(marked: string): Piece[] {
  const pieces: Piece[] = [];
  let rest = marked;
  while (rest !== "") {
    const open = rest.indexOf(OPEN);
    if (open !== 0) {
      pieces.push({ kind: "text", text: open < 0 ? rest : rest.slice(0, open) });
      rest = open < 0 ? "" : rest.slice(open);
      continue;
    }
    const close = rest.indexOf(CLOSE);
    const [name = "", text] = rest.slice(1, close).split(MIDDLE);
    pieces.push(text === undefined ? { kind: "missing", name } : { kind: "filled", name, text });
    rest = rest.slice(close + 1);
  }
  return pieces;
}

/** Fills a template in. A name that is not known stands as a missing piece; only a text that is no template fails. Never throws. */
export function renderTemplate(text: string, lookup: Lookup): Rendered {
  const verdict = readTemplate(text);
  if (!verdict.ok) return verdict;
  const asked = new Set<string>();
  try {
    const scope = scopeOf(verdict.names, lookup, (name) => asked.add(name));
    const output: unknown = liquid.parseAndRenderSync(text.replace(MARKS, ""), scope);
    const pieces = piecesOf(String(output));
    for (const piece of pieces) if (piece.kind === "missing") asked.add(piece.name);
    return { ok: true, pieces, missing: [...asked] };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}
