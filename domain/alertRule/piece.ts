/**
 * A part of a condition on its way into PromQL. There a condition has no value: a series is there or it is not. So what is true or false is
 * two expressions, one that has a series while it is true, and one while it is false; while neither can be told, both are empty, as a
 * condition of ours is unknown.
 */
export type Piece =
  | { readonly kind: "constant"; readonly value: number | boolean | string; readonly isWhole: boolean }
  | { readonly kind: "number"; readonly text: string; readonly isWhole: boolean; readonly isScalar: boolean }
  | { readonly kind: "truth"; readonly holds: string; readonly fails: string };
/** A constant of the text, or a parameter. */
export type ConstantPiece = Extract<Piece, { kind: "constant" }>;
/** Something that has a value for each run, or (a scalar) one for all. Its text needs no brackets where it is put. */
export type NumberPiece = Extract<Piece, { kind: "number" }>;
/** Something that is true or false for each run. */
export type TruthPiece = Extract<Piece, { kind: "truth" }>;

/** Something that has no counterpart in a rule; the message says what, as a part of a sentence. */
export class Unsayable extends Error {
  override readonly name = "Unsayable";
}

/** Makes a constant; a whole number says so, since the quotient of two is whole too. */
export const constant = (value: number | boolean | string, isWhole = false): ConstantPiece => ({
  ...{ kind: "constant", value, isWhole },
});

/** Makes a figure that has one series for each run. */
export const figure = (text: string, isWhole: boolean): NumberPiece => ({
  ...{ kind: "number", text, isWhole, isScalar: false },
});

/** Makes what holds while a figure is 1 and fails while it is 0. */
export const flag = (text: string): TruthPiece => ({ kind: "truth", holds: `${text} == 1`, fails: `${text} == 0` });

/** A number as PromQL reads it. A negative one in brackets: before a sign there may stand another. */
export const numeral = (value: number): string => (value < 0 ? `(${value})` : String(value));

/** A piece that is a number. */
export type Numeric = NumberPiece | (ConstantPiece & { readonly value: number });

/** The piece as a number; what is none is no part of a rule. */
export function numberOf(piece: Piece): Numeric {
  if (piece.kind === "number") return piece;
  if (piece.kind === "constant" && typeof piece.value === "number") return { ...piece, value: piece.value };
  throw new Unsayable("it reckons with what is no number");
}

/** A number's text. */
export const textOf = (piece: Numeric): string => (piece.kind === "number" ? piece.text : numeral(piece.value));
