import type { z } from "zod";
import { didYouMean } from "./nearestWord.ts";
import type { DocumentPath } from "./problem.ts";

/** A shape problem without its place in the text: where in the document, and what was expected there. */
export interface ShapeProblem {
  readonly path: DocumentPath;
  readonly message: string;
  /** True where the problem is a key of the map at `path`'s end: it is the key that is shown. */
  readonly isKey: boolean;
}

type Issue = z.core.$ZodIssue;

const KINDS = ["task", "manual", "gate", "announce", "wait"] as const;

const documentPath = (path: readonly PropertyKey[]): DocumentPath =>
  path.map((key) => (typeof key === "number" ? key : String(key)));

function valueAt(root: unknown, path: DocumentPath): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

const quoted = (words: readonly unknown[]): string => words.map((word) => `"${String(word)}"`).join(", ");

function nameOf(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "string") return value.length > 40 ? "a text" : `the text "${value}"`;
  return `the ${typeof value === "boolean" ? "flag" : "number"} ${String(value)}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a map",
  record: "a map",
  array: "a list",
};

/** How badly a value misses one of several shapes: the shape with the fewest misses is the one that was meant. */
function missOf(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => {
    if (issue.code === "unrecognized_keys") return sum + 3 * issue.keys.length;
    return sum + (issue.code === "invalid_type" && issue.path.length <= 1 ? 3 : 1);
  }, 0);
}

/** A map that has what every step has. One with `parallel` is no step, whatever else stands in it. */
function isMeantAsStep(value: unknown): value is object {
  if (typeof value !== "object" || value === null || "parallel" in value) return false;
  return ["lasts", "id", "title"].every((key) => key in value);
}

function explainUnion(issue: Extract<Issue, { code: "invalid_union" }>, root: unknown): ShapeProblem[] {
  const path = documentPath(issue.path);
  const value = valueAt(root, path);
  if (isMeantAsStep(value)) {
    const kinds = KINDS.filter((kind) => kind in value);
    if (kinds.length !== 1) {
      const found = kinds.length === 0 ? "none of them" : kinds.join(" and ");
      return [{ path, isKey: false, message: `a step has exactly one of ${KINDS.join(", ")}; this one has ${found}.` }];
    }
  }
  const branches = [...issue.errors].sort((a, b) => missOf(a) - missOf(b));
  const flat = branches.filter((branch) =>
    branch.every((inner) => inner.path.length === 0 && inner.code === "invalid_type"),
  );
  if (flat.length === branches.length) {
    const expected = new Set(
      branches
        .flat()
        .map((inner) => (inner.code === "invalid_type" ? (TYPE_NAMES[inner.expected] ?? inner.expected) : "")),
    );
    return [{ path, isKey: false, message: `expected ${[...expected].join(" or ")}, found ${nameOf(value)}.` }];
  }
  return (branches[0] ?? []).flatMap((inner) => explainIssue({ ...inner, path: [...issue.path, ...inner.path] }, root));
}

/** Says in plain words what a schema issue means. One issue can be several problems (each unknown key is one). */
export function explainIssue(issue: Issue, root: unknown): ShapeProblem[] {
  const path = documentPath(issue.path);
  const value = valueAt(root, path);
  const here = (message: string): ShapeProblem[] => [{ path, message, isKey: false }];
  switch (issue.code) {
    case "invalid_union":
      return explainUnion(issue, root);
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: [...path, key],
        isKey: true,
        message: `unknown key "${key}".`,
      }));
    case "invalid_type":
      if (value === undefined) return here(`${TYPE_NAMES[issue.expected] ?? issue.expected} is missing here.`);
      return here(`expected ${TYPE_NAMES[issue.expected] ?? issue.expected}, found ${nameOf(value)}.`);
    case "invalid_value": {
      const hint = typeof value === "string" ? didYouMean(value, issue.values.map(String)) : "";
      return here(`expected ${quoted(issue.values)}, found ${nameOf(value)}.${hint}`);
    }
    case "invalid_key":
      return [
        { path, isKey: true, message: `"${String(path.at(-1))}" can't be a key here: ${reasonOf(issue.issues)}.` },
      ];
    case "invalid_element":
      return issue.issues.flatMap((inner) => explainIssue({ ...inner, path: [...issue.path, ...inner.path] }, root));
    case "too_small":
      return here(`too small or too short: at least ${issue.minimum} needed.`);
    case "too_big":
      return here(`too large or too long: at most ${issue.maximum} allowed.`);
    case "invalid_format":
    case "custom":
      return here(`${nameOf(value)} is not ${issue.message}.`);
    case "not_multiple_of":
      return here(issue.message);
    default:
      return issue satisfies never;
  }
}

const reasonOf = (issues: readonly Issue[]): string => issues[0]?.message ?? "not allowed";
