import type { Node, YAMLParseError } from "yaml";
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { explainIssue } from "./explainIssue.ts";
import type { DocumentPath, Problem, ProblemCode } from "./problem.ts";
import { inTextOrder, pathText } from "./problem.ts";
import { Runbook } from "./schema.ts";
import { MAX_RUNBOOK_CHARACTERS } from "./textLimit.ts";

/** Deepest nesting that is read: the shape needs 12. */
const MAX_DEPTH = 40;

/** Where things stand in a text, and how to say that something is wrong there. */
export interface RunbookText {
  /**
   * A problem at a place of the document. `isKey`: show the key, not its value. `offset`: so many characters into the value,
   * kept where the value stands on one line as it is.
   */
  problemAt(
    severity: Problem["severity"],
    code: ProblemCode,
    path: DocumentPath,
    message: string,
    where?: { readonly isKey?: boolean; readonly offset?: number },
  ): Problem;
}

/** The outcome of reading a text's shape. Without a runbook there is at least one error. */
export interface ParsedText {
  readonly runbook?: Runbook;
  readonly problems: readonly Problem[];
  readonly text: RunbookText;
}

/** Where in the text a value's character stands, as far as the value stands there letter by letter; else where the value begins. */
function spotInside(node: unknown, source: string, spot: number, offset: number): number {
  if (!isScalar(node) || typeof node.value !== "string" || offset === 0) return spot;
  const { value } = node;
  if (source.startsWith(value, spot)) return spot + offset;
  // Quoted, and nothing in it escaped.
  if (source.startsWith(value, spot + 1)) return spot + 1 + offset;
  if (node.type !== "BLOCK_LITERAL") return spot;
  const lines = value.slice(0, offset).split("\n");
  let lineStart = spot;
  for (let line = 0; line < lines.length; line++) lineStart = source.indexOf("\n", lineStart) + 1;
  const indent = /^ */.exec(source.slice(lineStart, lineStart + 200))?.[0].length ?? 0;
  return lineStart + indent + (lines.at(-1)?.length ?? 0);
}

function spotOf(root: unknown, source: string, path: DocumentPath, isKey: boolean, offset: number): number {
  let node: unknown = root;
  let spot = 0;
  for (const [index, key] of path.entries()) {
    const isLast = index === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === String(key));
      if (pair === undefined) break;
      const keySpot = isNode(pair.key) ? pair.key.range?.[0] : undefined;
      spot = keySpot ?? spot;
      if (isLast && isKey) return spot;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
    } else break;
    if (isNode(node)) spot = node.range?.[0] ?? spot;
  }
  return spotInside(node, source, spot, offset);
}

function depthOf(node: unknown, depth = 0): number {
  if (depth > MAX_DEPTH) return depth;
  if (isMap(node)) return Math.max(depth, ...node.items.map((item) => depthOf(item.value, depth + 1)));
  if (isSeq(node)) return Math.max(depth, ...node.items.map((item) => depthOf(item, depth + 1)));
  return depth;
}

/** No text in it has a lone surrogate, which has no canonical form and so no digest. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, item]) => key.isWellFormed() && isWellFormed(item));
}

function yamlProblem(
  error: YAMLParseError | { message: string; pos: [number, number] },
  lines: LineCounter,
  severity: Problem["severity"],
): Problem {
  const { line, col } = lines.linePos(error.pos[0]);
  const firstLine = error.message.split("\n")[0] ?? "";
  return {
    severity,
    code: "yaml",
    message: firstLine.replace(/ at line \d+, column \d+:?$/, "").replace(/:$/, "") || "this is no YAML.",
    line: Math.max(1, line),
    column: Math.max(1, col),
    at: "",
  };
}

function textOf(root: Node | null, source: string, lines: LineCounter): RunbookText {
  return {
    problemAt(severity, code, path, message, where = {}) {
      const { line, col } = lines.linePos(spotOf(root, source, path, where.isKey ?? false, where.offset ?? 0));
      return { severity, code, message, line: Math.max(1, line), column: Math.max(1, col), at: pathText(path) };
    },
  };
}

/**
 * Reads a runbook's text: YAML, then its shape. Gives a runbook, or errors with line and column; never throws for any text.
 * What a shape can't say is found by `checkRunbook`; `readRunbook` does both.
 */
export function parseRunbook(source: string): ParsedText {
  const lines = new LineCounter();
  const fail = (message: string): ParsedText => ({
    problems: [{ severity: "error", code: "yaml", message, line: 1, column: 1, at: "" }],
    text: textOf(null, source, lines),
  });
  if (source.length > MAX_RUNBOOK_CHARACTERS) {
    return fail(`the text has ${source.length} characters, ${MAX_RUNBOOK_CHARACTERS} at most are read.`);
  }
  let document: ReturnType<typeof parseDocument>;
  let value: unknown;
  try {
    document = parseDocument(source, {
      lineCounter: lines,
      prettyErrors: false,
      strict: true,
      uniqueKeys: true,
      version: "1.2",
    });
    if (depthOf(document.contents) > MAX_DEPTH) return fail(`nested deeper than ${MAX_DEPTH} levels.`);
    value = document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    // The reader itself gave up: nesting beyond the stack, or aliases that unfold without end.
    return fail(
      `this can't be read as YAML: ${error instanceof Error ? error.message.split("\n")[0] : "no reason given"}.`,
    );
  }
  const text = textOf(document.contents, source, lines);
  const problems = [
    ...document.errors.map((error) => yamlProblem(error, lines, "error")),
    ...document.warnings.map((warning) => yamlProblem(warning, lines, "warning")),
  ];
  if (document.errors.length > 0) return { problems: inTextOrder(problems), text };
  if (!isWellFormed(value)) return fail("a text holds half of a character (a lone surrogate).");
  const parsed = Runbook.safeParse(value);
  if (parsed.success) return { runbook: parsed.data, problems: inTextOrder(problems), text };
  for (const issue of parsed.error.issues) {
    for (const { path, message, isKey } of explainIssue(issue, value)) {
      problems.push(text.problemAt("error", "shape", path, message, { isKey }));
    }
  }
  return { problems: inTextOrder(problems), text };
}
