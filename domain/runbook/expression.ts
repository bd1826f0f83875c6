import type { ASTNode } from "@marcbachmann/cel-js";
import { TypeError as CelTypeError, Environment, ParseError, parse } from "@marcbachmann/cel-js";
import { parseDuration } from "../time.ts";
import type { CelType } from "./celTypes.ts";
import { fromCel } from "./celTypes.ts";
import type { Scope } from "./compiled.ts";
import type { Declared, Place } from "./expressionScope.ts";
import {
  contextOf,
  cutToDeclared,
  FIELD_TYPES,
  PROBE_OVER_TYPE,
  PROBE_TYPE,
  placeOf,
  RUN_TYPE,
  typeOfResult,
  typesOfFacts,
  typesOfParameters,
  WINDOW_TYPE,
} from "./expressionScope.ts";

/** The verdict of the type check: the type's name, or what is wrong, so many characters into the expression. */
export type TypeVerdict =
  | { readonly ok: true; readonly type: string }
  | { readonly ok: false; readonly message: string; readonly offset: number };

/** What an expression gave. `absent`: names that it needs and the scope does not have. */
export type Outcome =
  | { readonly known: true; readonly value: unknown }
  | { readonly known: false; readonly absent: readonly string[]; readonly message: string };

/** The expressions of one runbook. */
export interface ExpressionLanguage {
  check(expr: string, place: Place): TypeVerdict;
  /**
   * Evaluates. Never throws. A named value that is absent makes the outcome unknown wherever the outcome depends on it: not in a
   * branch that is not taken, not beside a true `||` or a false `&&`, not inside `has(name)`.
   */
  run(expr: string, scope: Scope): Outcome;
  /** Dotted names that an expression reads, such as `facts.db.size_bytes`; record entries and list items are cut off. */
  namesIn(expr: string): readonly string[];
  /** The literal step names in `began("…")` and `done("…")`, each with its place in the expression. */
  stepsIn(expr: string): readonly { readonly step: string; readonly offset: number }[];
}

/** A node of an expression's syntax tree, for those who write it down in another language. */
export type Syntax = ASTNode;

/** The syntax tree of an expression that has passed the checks. Throws for one that can't be parsed. */
export const syntaxOf = (expr: string): Syntax => parse(expr).ast;

const ROOTS = new Set(["facts", "params", "result", "fields", "value", "probe", "run", "window", "now"]);
/** Regular expressions can run without end; a runbook has no need of them. */
const REFUSED_FUNCTIONS = new Set(["matches"]);
const LIMITS = { maxAstNodes: 2000, maxDepth: 60, maxListElements: 200, maxMapEntries: 200, maxCallArguments: 16 };
const GIB = 1_073_741_824;

function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case "value":
    case "id":
      return [];
    case ".":
    case ".?":
      return [node.args[0]];
    case "call":
      return node.args[1];
    case "rcall":
      return [node.args[1], ...node.args[2]];
    case "list":
      return node.args;
    case "map":
      return node.args.flat();
    case "!_":
    case "-_":
      return [node.args];
    default:
      return node.args;
  }
}

/** `facts.db.size_bytes` of a chain of dots that begins at a root; undefined for anything else. */
export function chainOf(node: ASTNode): string | undefined {
  if (node.op === "id") return ROOTS.has(node.args) ? node.args : undefined;
  if (node.op !== ".") return undefined;
  const before = chainOf(node.args[0]);
  return before === undefined ? undefined : `${before}.${node.args[1]}`;
}

interface Named {
  readonly names: Set<string>;
  readonly steps: { step: string; offset: number }[];
  readonly refused: { name: string; offset: number }[];
}

function collect(node: ASTNode, into: Named): Named {
  const chain = chainOf(node);
  if (chain !== undefined) {
    into.names.add(chain);
    return into;
  }
  if (node.op === "call") {
    const [name, args] = node.args;
    const first = args[0];
    if ((name === "began" || name === "done") && first?.op === "value" && typeof first.args === "string") {
      into.steps.push({ step: first.args, offset: first.start });
    }
    if (REFUSED_FUNCTIONS.has(name)) into.refused.push({ name, offset: node.start });
  }
  if (node.op === "rcall" && REFUSED_FUNCTIONS.has(node.args[0])) {
    into.refused.push({ name: node.args[0], offset: node.start });
  }
  for (const child of childrenOf(node)) collect(child, into);
  return into;
}

function register(environment: Environment, name: string, type: CelType): Environment {
  return typeof type === "string"
    ? environment.registerVariable(name, type)
    : environment.registerVariable({ name, schema: type });
}

/** The value, or the error that evaluating gave: both are answers here. */
function evaluated(environment: Environment, expr: string, context: Record<string, unknown>): unknown {
  try {
    return environment.evaluate(expr, context);
  } catch (error) {
    return error instanceof Error ? error : new Error("it can't be evaluated");
  }
}

/**
 * Makes the expression language of a runbook: CEL, type-checked against its declared facts and parameters. Beyond CEL's own functions
 * there are `began("step")`, `done("step")`, `ms("5m")`, `gib(n)`, `round_up(n, step)`, `least(a, b)` and `greatest(a, b)`.
 */
export function expressionLanguage(declared: Declared): ExpressionLanguage {
  // The steps of the evaluation that is going on; evaluations never overlap, since nothing here waits.
  let steps: Pick<Scope, "began" | "done"> = { began: new Set(), done: new Set() };
  const has = (set: ReadonlySet<string>, step: unknown): boolean => typeof step === "string" && set.has(step);
  const base = new Environment({ limits: LIMITS, homogeneousAggregateLiterals: true })
    .registerVariable({ name: "facts", schema: typesOfFacts(declared) })
    .registerVariable({ name: "params", schema: typesOfParameters(declared) })
    .registerVariable({ name: "run", schema: RUN_TYPE })
    .registerVariable({ name: "window", schema: WINDOW_TYPE })
    .registerVariable("now", "int")
    .registerFunction("began(string): bool", (step: unknown) => has(steps.began, step))
    .registerFunction("done(string): bool", (step: unknown) => has(steps.done, step))
    .registerFunction("ms(string): int", (text: unknown) => {
      const parsed = typeof text === "string" ? parseDuration(text) : undefined;
      if (parsed === undefined) throw new RangeError("ms() needs a duration such as 5m");
      return BigInt(parsed);
    })
    .registerFunction("gib(int): int", (n: bigint) => n * BigInt(GIB))
    .registerFunction("round_up(int, int): int", (n: bigint, step: bigint) => {
      if (step <= 0n) throw new RangeError("round_up() needs a step above 0");
      return ((n + step - 1n) / step) * step;
    })
    .registerFunction("least(int, int): int", (a: bigint, b: bigint) => (a < b ? a : b))
    .registerFunction("least(double, double): double", (a: number, b: number) => Math.min(a, b))
    .registerFunction("greatest(int, int): int", (a: bigint, b: bigint) => (a > b ? a : b))
    .registerFunction("greatest(double, double): double", (a: number, b: number) => Math.max(a, b));

  const environments = new Map<string, Environment>();
  function environmentAt(place: Place): Environment {
    const key = JSON.stringify([place.action, place.probe, place.valueType, place.fields]);
    const known = environments.get(key);
    if (known !== undefined) return known;
    const environment = base.clone();
    if (place.action !== undefined) register(environment, "result", typeOfResult(place.action));
    if (place.probe !== undefined) {
      register(environment, "probe", place.probe === "over" ? PROBE_OVER_TYPE : PROBE_TYPE);
    }
    if (place.valueType !== undefined) register(environment, "value", FIELD_TYPES[place.valueType]);
    if (place.fields !== undefined) {
      const fields = Object.entries(place.fields).map(([name, type]) => [name, FIELD_TYPES[type]] as const);
      register(environment, "fields", Object.fromEntries(fields));
    }
    environments.set(key, environment);
    return environment;
  }

  function collected(environment: Environment, expr: string): Named {
    const empty: Named = { names: new Set(), steps: [], refused: [] };
    return collect(environment.parse(expr).ast, empty);
  }

  function namesIn(expr: string): readonly string[] {
    try {
      return [...new Set([...collected(base, expr).names].map((name) => cutToDeclared(name, declared)))];
    } catch {
      return [];
    }
  }

  return {
    namesIn,
    stepsIn(expr) {
      try {
        return collected(base, expr).steps;
      } catch {
        return [];
      }
    },
    check(expr, place) {
      const environment = environmentAt(place);
      try {
        const refused = collected(environment, expr).refused[0];
        if (refused !== undefined) {
          return { ok: false, message: `the function ${refused.name}() is not offered here`, offset: refused.offset };
        }
        const verdict = environment.check(expr);
        if (verdict.valid) return { ok: true, type: verdict.type ?? "dyn" };
        return {
          ok: false,
          message: verdict.error?.summary ?? "it does not type-check",
          offset: verdict.error?.range?.start ?? 0,
        };
      } catch (error) {
        if (error instanceof ParseError || error instanceof CelTypeError) {
          return { ok: false, message: error.summary, offset: error.range?.start ?? 0 };
        }
        return { ok: false, message: error instanceof Error ? error.message : "it can't be read", offset: 0 };
      }
    },
    run(expr, scope) {
      try {
        const place = placeOf(scope);
        const environment = environmentAt(place);
        const named = collected(environment, expr);
        const names = [...new Set([...named.names].map((name) => cutToDeclared(name, declared)))];
        const { context, absent } = contextOf(names, scope, declared);
        steps = scope;
        const value: unknown = evaluated(environment, expr, context);
        if (value instanceof Error) {
          const reason = absent.length > 0 ? `not known: ${absent.join(", ")}` : (value.message.split("\n")[0] ?? "");
          return { known: false, absent, message: reason };
        }
        const plain = fromCel(value);
        if (plain === undefined) return { known: false, absent: [], message: "it has no plain value" };
        return { known: true, value: plain };
      } catch (error) {
        const summary = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "it can't be evaluated";
        return { known: false, absent: [], message: summary };
      }
    },
  };
}
