import type { NumberPiece, Numeric, Piece } from "./piece.ts";
import { constant, textOf, Unsayable } from "./piece.ts";

/** The operators that reckon. */
export type Reckoning = "+" | "-" | "*" | "/" | "%";

/** A number without what stands behind its point: whole numbers are divided so in CEL, and PromQL has no function for it. */
const truncated = (text: string): string => `(sgn(${text}) * floor(abs(${text})))`;

function numberOver(parts: readonly Numeric[], text: string, isWhole: boolean): NumberPiece {
  const isScalar = parts.every((part) => part.kind === "constant" || part.isScalar);
  // These functions take a series for each run, and a scalar is none.
  if (isScalar && text.startsWith("(sgn(")) throw new Unsayable("it divides what is the same for all runs");
  return { kind: "number", text, isWhole, isScalar };
}

/** One number reckoned with another, as CEL does it: whole numbers stay whole. */
export function reckoned(sign: Reckoning, left: Numeric, right: Numeric): Piece {
  const isWhole = left.isWhole && right.isWhole;
  if (isWhole && (sign === "/" || sign === "%") && (right.kind !== "constant" || right.value === 0)) {
    // Divided by zero is an error in CEL, so unknown, and endless in PromQL, so more than any limit.
    throw new Unsayable("it divides whole numbers by what may be zero");
  }
  if (left.kind === "constant" && right.kind === "constant") {
    return constant(reckon(sign, left.value, right.value, isWhole), isWhole);
  }
  const text = `(${textOf(left)} ${sign} ${textOf(right)})`;
  return numberOver([left, right], isWhole && sign === "/" ? truncated(text) : text, isWhole);
}

function reckon(sign: Reckoning, left: number, right: number, isWhole: boolean): number {
  switch (sign) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return isWhole ? Math.trunc(left / right) : left / right;
    case "%":
      return left % right;
    default:
      return sign satisfies never;
  }
}

/** The number with the other sign. */
export function negated(piece: Numeric): Piece {
  return piece.kind === "constant"
    ? constant(-piece.value, piece.isWhole)
    : numberOver([piece], `(-1 * ${piece.text})`, piece.isWhole);
}

/** The same number as a fraction, or as a whole one, what stands behind its point cut off. */
export function converted(to: "double" | "int", piece: Numeric): Piece {
  const isWhole = to === "int";
  if (piece.kind === "constant") return constant(isWhole ? Math.trunc(piece.value) : piece.value, isWhole);
  if (!isWhole || piece.isWhole) return { ...piece, isWhole };
  return numberOver([piece], truncated(piece.text), true);
}

/** The larger or the smaller of two. */
export function extreme(which: "greatest" | "least", left: Numeric, right: Numeric): Piece {
  const isWhole = left.isWhole && right.isWhole;
  if (left.kind === "constant") {
    if (right.kind !== "constant") return extreme(which, right, left);
    const pick = which === "greatest" ? Math.max : Math.min;
    return constant(pick(left.value, right.value), isWhole);
  }
  if (left.isScalar || (right.kind === "number" && right.isScalar)) {
    throw new Unsayable(`it asks for the ${which} of what is the same for all runs`);
  }
  const bound = which === "greatest" ? "clamp_min" : "clamp_max";
  if (right.kind === "constant") return numberOver([left], `${bound}(${left.text}, ${textOf(right)})`, isWhole);
  // The second half asks anew: where one of the two is not there, the other is not the answer.
  const sign = which === "greatest" ? ">" : "<";
  const halves = `(${left.text} ${sign}= ${right.text}) or (${right.text} ${sign} ${left.text})`;
  return numberOver([left, right], `(${halves})`, isWhole);
}

/** Rounded up to a multiple of a step. */
export function roundedUp(piece: Numeric, step: Numeric): Piece {
  if (step.kind !== "constant" || step.value <= 0) throw new Unsayable("it rounds up to what may be zero");
  if (piece.kind === "constant") return constant(Math.ceil(piece.value / step.value) * step.value, true);
  if (piece.isScalar) throw new Unsayable("it rounds what is the same for all runs");
  return numberOver([piece], `(ceil(${piece.text} / ${textOf(step)}) * ${textOf(step)})`, true);
}
