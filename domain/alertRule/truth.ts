import type { ConstantPiece, Numeric, Piece, TruthPiece } from "./piece.ts";
import { constant, numberOf, textOf, Unsayable } from "./piece.ts";

/** The signs that compare, each with the one that says the contrary. */
const CONTRARY = { "<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "==" } as const;
/** A sign that compares. */
export type Comparison = keyof typeof CONTRARY;

/** One number compared with another. */
export function compared(sign: Comparison, left: Numeric, right: Numeric): Piece {
  if (left.kind === "constant" && right.kind === "constant") return constant(compare(sign, left.value, right.value));
  const isOfNoRun = [left, right].every((piece) => piece.kind === "constant" || piece.isScalar);
  if (isOfNoRun) throw new Unsayable("it compares what is the same for all runs");
  const [one, other] = [textOf(left), textOf(right)];
  return { kind: "truth", holds: `${one} ${sign} ${other}`, fails: `${one} ${CONTRARY[sign]} ${other}` };
}

function compare(sign: Comparison, left: number, right: number): boolean {
  switch (sign) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    default:
      return sign satisfies never;
  }
}

const both = (one: string, other: string): string => `(${one}) and (${other})`;
const either = (one: string, other: string): string => `(${one}) or (${other})`;

/** A piece that is true or false. */
export type Logical = TruthPiece | (ConstantPiece & { readonly value: boolean });

/** The piece as something true or false; what is neither is no part of a rule. */
export function truthOf(piece: Piece): Logical {
  if (piece.kind === "truth") return piece;
  if (piece.kind === "constant" && typeof piece.value === "boolean") return { ...piece, value: piece.value };
  throw new Unsayable("it takes for true or false what is neither");
}

/** The contrary. */
export const not = (piece: Logical): Logical =>
  piece.kind === "constant"
    ? { ...piece, value: !piece.value }
    : { kind: "truth", holds: piece.fails, fails: piece.holds };

/** Both of two. False as soon as one is, whether or not the other can be told. */
export function and(left: Logical, right: Logical): Logical {
  if (left.kind === "constant") return left.value ? right : left;
  if (right.kind === "constant") return right.value ? left : right;
  return { kind: "truth", holds: both(left.holds, right.holds), fails: either(left.fails, right.fails) };
}

/** One of two. */
export const or = (left: Logical, right: Logical): Logical => not(and(not(left), not(right)));

/** One thing while a condition holds and another while it fails. */
export function chosen(condition: Logical, one: Piece, other: Piece): Piece {
  if (condition.kind === "constant") return condition.value ? one : other;
  if (isLogical(one)) return or(and(condition, truthOf(one)), and(not(condition), truthOf(other)));
  const [first, second] = [numberOf(one), numberOf(other)];
  const text = `(${whereHolds(first, condition.holds)} or ${whereHolds(second, condition.fails)})`;
  return { kind: "number", text, isWhole: first.isWhole && second.isWhole, isScalar: false };
}

const isLogical = (piece: Piece): boolean =>
  piece.kind === "truth" || (piece.kind === "constant" && typeof piece.value === "boolean");

/** A number while something holds. What is the same for all runs becomes one for each run of which it holds. */
function whereHolds(piece: Numeric, holds: string): string {
  return piece.kind === "number" && !piece.isScalar
    ? `(${piece.text} and (${holds}))`
    : `(group by (run) (${holds}) * ${textOf(piece)})`;
}
