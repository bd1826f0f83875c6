import type { Syntax } from "../runbook/expression.ts";
import { chainOf } from "../runbook/expression.ts";
import { parseDuration } from "../time.ts";
import { converted, extreme, negated, reckoned, roundedUp } from "./arithmetic.ts";
import type { Piece } from "./piece.ts";
import { constant, numberOf, Unsayable } from "./piece.ts";
import type { Comparison } from "./truth.ts";
import { and, chosen, compared, not, or, truthOf } from "./truth.ts";

/** What a name of the condition is in the rule; throws Unsayable for one that it can't be. */
export type NameReader = (name: string) => Piece;

const GIB = 1_073_741_824;

/**
 * Writes a condition, which is CEL, in PromQL. What is unknown in the one is empty in the other.
 * @throws Unsayable for what has no counterpart
 */
export function translate(node: Syntax, read: NameReader): Piece {
  const inner = (child: Syntax): Piece => translate(child, read);
  const name = chainOf(node);
  if (name !== undefined) return read(name);
  switch (node.op) {
    case "value":
      return literal(node.args);
    case "!_":
      return not(truthOf(inner(node.args)));
    case "-_":
      return negated(numberOf(inner(node.args)));
    case "&&":
      return and(truthOf(inner(node.args[0])), truthOf(inner(node.args[1])));
    case "||":
      return or(truthOf(inner(node.args[0])), truthOf(inner(node.args[1])));
    case "?:":
      return chosen(truthOf(inner(node.args[0])), inner(node.args[1]), inner(node.args[2]));
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
      return reckoned(node.op, numberOf(inner(node.args[0])), numberOf(inner(node.args[1])));
    case "call":
      return called(node.args[0], node.args[1].map(inner));
    case "<":
    case "<=":
    case ">":
    case ">=":
    case "==":
    case "!=":
      return comparison(node.op, inner(node.args[0]), inner(node.args[1]));
    default:
      throw new Unsayable(`it uses ${WORDS[node.op] ?? `"${node.op}"`}`);
  }
}

const WORDS: Readonly<Record<string, string>> = {
  rcall: "functions of texts or lists",
  list: "a list",
  map: "a map",
  "[]": "an entry of a list or a record",
  in: "a list",
  id: "a name of its own",
  ".": "a part of a value",
};

function literal(value: unknown): Piece {
  if (typeof value === "bigint") return constant(Number(value), true);
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return constant(value);
  throw new Unsayable("it holds a value that is no number");
}

function comparison(sign: Comparison, left: Piece, right: Piece): Piece {
  if (sign !== "==" && sign !== "!=") return compared(sign, numberOf(left), numberOf(right));
  if (left.kind === "constant" && right.kind === "constant") {
    return constant((left.value === right.value) === (sign === "=="));
  }
  if (left.kind !== "truth" && right.kind !== "truth") return compared(sign, numberOf(left), numberOf(right));
  const [one, other] = [truthOf(left), truthOf(right)];
  const same = or(and(one, other), and(not(one), not(other)));
  return sign === "==" ? same : not(same);
}

function called(name: string, args: readonly Piece[]): Piece {
  const [first, second] = args;
  if (first === undefined) throw new Unsayable(`it uses ${name}()`);
  switch (name) {
    case "double":
    case "int":
      return converted(name, numberOf(first));
    case "greatest":
    case "least":
      return extreme(name, numberOf(first), numberOf(second ?? first));
    case "round_up":
      return roundedUp(numberOf(first), numberOf(second ?? first));
    case "gib":
      return reckoned("*", numberOf(first), numberOf(constant(GIB, true)));
    case "ms": {
      const ms = first.kind === "constant" ? parseDuration(String(first.value)) : undefined;
      if (ms !== undefined) return constant(ms, true);
      throw new Unsayable("its ms() holds no duration");
    }
    case "began":
    case "done":
      throw new Unsayable(`it asks which steps are over (${name})`);
    default:
      throw new Unsayable(`it uses ${name}()`);
  }
}
