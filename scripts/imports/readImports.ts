import { parseSync, Visitor } from "oxc-parser";

/** One name that a file asks for, or one impure global that it touches, with its line (from 1). */
export interface Mention {
  readonly line: number;
  readonly text: string;
}

export interface FileReading {
  /** Specifiers of import, export … from, import() and require(), as written. */
  readonly imports: readonly Mention[];
  /** Names as in law.ts IMPURE: `Date.now`, `new Date()`, `setTimeout`, … */
  readonly globals: readonly Mention[];
  /** Set when the file could not be parsed; nothing else is known then. */
  readonly error?: string;
}

/** Reads what one TypeScript file imports and which globals it touches, from its syntax tree (not by searching text). */
export function readImports(path: string, source: string): FileReading {
  const parsed = parseSync(path, source);
  const fatal = parsed.errors[0];
  if (fatal) return { imports: [], globals: [], error: fatal.message };

  const imports: Mention[] = [];
  const globals: Mention[] = [];
  const lineAt = (offset: number) => source.slice(0, offset).split("\n").length;
  const asked = (text: string, offset: number) => imports.push({ text, line: lineAt(offset) });
  const touched = (text: string, offset: number) => globals.push({ text, line: lineAt(offset) });

  new Visitor({
    ImportDeclaration: (node) => asked(node.source.value, node.start),
    ExportNamedDeclaration: (node) => {
      if (node.source) asked(node.source.value, node.start);
    },
    ExportAllDeclaration: (node) => asked(node.source.value, node.start),
    ImportExpression: (node) => {
      const { source: wanted } = node;
      if (wanted.type === "Literal" && typeof wanted.value === "string") asked(wanted.value, node.start);
    },
    TSImportType: (node) => asked(node.source.value, node.start),
    CallExpression: (node) => {
      const { callee } = node;
      if (callee.type !== "Identifier") return;
      const [first] = node.arguments;
      if (callee.name === "require" && first?.type === "Literal" && typeof first.value === "string") {
        asked(first.value, node.start);
      }
      if (callee.name === "Date") touched("Date()", node.start);
      else touched(callee.name, node.start);
    },
    NewExpression: (node) => {
      const { callee } = node;
      if (callee.type === "Identifier" && callee.name === "Date" && node.arguments.length === 0) {
        touched("new Date()", node.start);
      }
    },
    MemberExpression: (node) => {
      const { object, property } = node;
      if (object.type !== "Identifier") return;
      if (object.name === "process") touched("process", node.start);
      if (property.type === "Identifier" && !node.computed) touched(`${object.name}.${property.name}`, node.start);
      if (property.type === "Literal") touched(`${object.name}.${String(property.value)}`, node.start);
    },
  }).visit(parsed.program);
  return { imports, globals };
}
