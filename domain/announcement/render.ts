import type { FactValue } from "../fact/fact.ts";
import type { Announcement } from "../runbook/schema.ts";
import type { Piece } from "../runbook/template.ts";
import { renderTemplate } from "../runbook/template.ts";
import type { Instant } from "../time.ts";
import { markdownToHtml, markdownToText } from "./markdown.ts";

/** A value that an announcement may name. `source`: where it comes from, in words. `null`: there is none, and that is no gap. */
export interface KnownValue {
  readonly value: FactValue | null;
  readonly source: string;
  readonly at?: Instant;
}

/** Values by dotted name: `window.starts_at`, `facts.db.size_bytes`. A record's entries are found by the record's name and theirs. */
export type AnnouncementValues = ReadonlyMap<string, KnownValue>;

/** A place that was filled in: the name, the words that stand there, and where they come from. */
export interface FilledPlace {
  readonly name: string;
  readonly text: string;
  readonly source: string;
  readonly at?: Instant;
}

/** An announcement as readers get it, in every form in which it can be copied. */
export interface RenderedAnnouncement {
  readonly ok: true;
  readonly subject: string;
  /** Plain text. A missing fact stands as `[its.name]`. */
  readonly text: string;
  readonly markdown: string;
  /** Safe to show. A filled place is a `span` with `data-fact`, a missing one a `mark` with `data-missing`; both hold the name. */
  readonly html: string;
  readonly filled: readonly FilledPlace[];
  /** Names without a value: shown red, and copying says so. */
  readonly missing: readonly string[];
}

/** Rendered, or why the text is no template (only a text edited for a window can be none; runbooks are checked). */
export type Rendering = RenderedAnnouncement | { readonly ok: false; readonly message: string };

/** A value by name; an entry of a record by the record's name and its own. */
function find(values: AnnouncementValues, name: string): KnownValue | undefined {
  const own = values.get(name);
  if (own !== undefined) return own;
  const dot = name.lastIndexOf(".");
  const record = values.get(name.slice(0, Math.max(0, dot)));
  if (record === undefined || typeof record.value !== "object" || record.value === null) return undefined;
  const entry = record.value[name.slice(dot + 1)];
  return entry === undefined ? undefined : { ...record, value: entry };
}

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? character);
const escapeMarkdown = (text: string): string =>
  /^https?:\/\/\S+$/.test(text) ? text : text.replace(/[\\`*_{}[\]<>#|~]/g, (character) => `\\${character}`);

const plainPiece = (piece: Piece): string => (piece.kind === "missing" ? `[${piece.name}]` : piece.text);

function markdownPiece(piece: Piece): string {
  if (piece.kind === "text") return piece.text;
  return piece.kind === "missing" ? `\\[${piece.name}\\]` : escapeMarkdown(piece.text);
}

function htmlPiece(piece: Piece): string {
  if (piece.kind === "missing")
    return `<mark data-missing="${escapeHtml(piece.name)}">${escapeHtml(piece.name)}</mark>`;
  const text = escapeHtml(piece.text);
  if (piece.kind === "text") return text;
  const shown = /^https?:\/\/\S+$/.test(piece.text) ? `<a href="${text}">${text}</a>` : text;
  return `<span data-fact="${escapeHtml(piece.name)}">${shown}</span>`;
}

// Private-use characters that no value can hold (the template engine takes them out) stand for filled places while Markdown is read,
// so that a value is never taken for Markdown or HTML.
const placeholder = (index: number): string => `\uE000${index}\uE001`;

function fillIn(rendered: string, pieces: readonly Piece[], show: (piece: Piece) => string): string {
  return rendered.replace(/\uE000(\d+)\uE001/g, (_, index: string) => {
    const piece = pieces[Number(index)];
    return piece === undefined ? "" : show(piece);
  });
}

/** Fills an announcement in. Every filled place keeps its source; what is missing is named and never invented. */
export function renderAnnouncement(
  announcement: Pick<Announcement, "subject" | "body">,
  values: AnnouncementValues,
): Rendering {
  const lookup = (name: string): unknown => find(values, name)?.value;
  const subject = renderTemplate(announcement.subject, lookup);
  const body = renderTemplate(announcement.body, lookup);
  if (!subject.ok) return subject;
  if (!body.ok) return body;
  const { pieces } = body;
  const skeleton = pieces.map((piece, index) => (piece.kind === "text" ? piece.text : placeholder(index))).join("");
  const filled = new Map<string, FilledPlace>();
  for (const piece of [...subject.pieces, ...pieces]) {
    if (piece.kind !== "filled") continue;
    const known = find(values, piece.name);
    filled.set(`${piece.name}\n${piece.text}`, {
      name: piece.name,
      text: piece.text,
      source: known?.source ?? "",
      ...(known?.at === undefined ? {} : { at: known.at }),
    });
  }
  return {
    ok: true,
    subject: subject.pieces.map(plainPiece).join("").replace(/\s+/g, " ").trim(),
    text: fillIn(markdownToText(skeleton), pieces, plainPiece),
    markdown: pieces.map(markdownPiece).join("").trim(),
    html: fillIn(markdownToHtml(skeleton), pieces, htmlPiece),
    filled: [...filled.values()],
    missing: [...new Set([...subject.missing, ...body.missing])],
  };
}
