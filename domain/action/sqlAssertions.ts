import { z } from "zod";

const Name = z.string().regex(/^[a-z_][a-z0-9_$]{0,62}$/, "a column, as PostgreSQL names it: in lower case");
const Column = Name.describe("The column that is looked at.");

const Comparison = z
  .enum(["=", "!=", "<", "<=", ">", ">="])
  .describe("How they must stand to each other. Numbers compare as numbers, texts only for being equal.");
type Comparison = z.infer<typeof Comparison>;

/** One thing that must hold of the row. */
export const Assertion = z.union([
  z.strictObject({ column: Column, is: Comparison, value: z.string().max(1000).describe("With what it is compared.") }),
  z.strictObject({
    column: Column,
    is: Comparison,
    other: Name.describe("The column of the same row with which it is compared."),
  }),
  z.strictObject({
    column: Column,
    is: z.enum(["null", "not null"]).describe("Whether it must have no value, or one."),
  }),
]);
export type Assertion = z.infer<typeof Assertion>;

const COMPARES = /^([a-z_][a-z0-9_$]*)\s*(<=|>=|!=|=|<|>)\s*(.+)$/s;
const IS_NULL = /^([a-z_][a-z0-9_$]*)\s+is\s+(not\s+)?null$/;
const QUOTED = /^'((?:[^']|'')*)'$/s;
const DECIMAL = /^[+-]?\d{1,400}(?:\.\d{1,400})?(?:e[+-]?\d{1,3})?$/i;

/**
 * Reads `checked = equal; missing_iv = 0; share >= 99.5; state = 'all; done'; worst is null`. On the right stands a number,
 * `true` or `false`, a text in single quotes, or another column. Undefined where it is no such list.
 */
export function parseAssertions(text: string): Assertion[] | undefined {
  const found: Assertion[] = [];
  for (const item of itemsOf(text) ?? [""]) {
    const assertion = Assertion.safeParse(readOne(item));
    if (!assertion.success) return undefined;
    found.push(assertion.data);
  }
  return found.length === 0 ? undefined : found;
}

function readOne(item: string): object {
  const [, tested, not] = IS_NULL.exec(item) ?? [];
  if (tested !== undefined) return { column: tested, is: not === undefined ? "null" : "not null" };
  const [, column, is, right = ""] = COMPARES.exec(item) ?? [];
  const quoted = QUOTED.exec(right)?.[1];
  if (quoted !== undefined) return { column, is, value: quoted.replaceAll("''", "'") };
  const isLiteral = right === "true" || right === "false" || DECIMAL.test(right);
  return isLiteral ? { column, is, value: right } : { column, is, other: right };
}

/** The parts between semicolons or newlines that stand in no quotes, without empty ones; undefined where a quote is left open. */
function itemsOf(text: string): string[] | undefined {
  const items = [""];
  let isQuoted = false;
  for (const character of text) {
    if (character === "'") isQuoted = !isQuoted;
    if (!isQuoted && (character === ";" || character === "\n")) items.push("");
    else items.push(`${items.pop() ?? ""}${character}`);
  }
  return isQuoted ? undefined : items.map((item) => item.trim()).filter((item) => item !== "");
}

/** Assertions on a row: a list, or one text (see `parseAssertions`). */
export const Assertions = z
  .union([
    z.array(Assertion).min(1).max(100),
    z
      .string()
      .max(8000)
      .transform((text, context) => {
        const assertions = parseAssertions(text);
        if (assertions !== undefined) return assertions;
        context.addIssue({
          code: "custom",
          message: "assertions with semicolons between, each `column = value`, `column >= column` or `column is null`",
        });
        return z.NEVER;
      }),
  ])
  .describe(
    "What must hold of the only row: a list, or one text with semicolons between, each `column = value`, `column >= column` or `column is null`.",
  );

/** Values of a row by column, as text; null for none. */
export type Row = Readonly<Record<string, string | null>>;

/**
 * What does not hold of a row, each in words with both values; empty when all of it holds. A missing value fulfils no comparison.
 */
export function unmetBy(row: Row, assertions: readonly Assertion[]): string[] {
  return assertions.flatMap((assertion) => {
    const unmet = unmetOne(row, assertion);
    return unmet === undefined ? [] : [unmet.slice(0, 400)];
  });
}

function unmetOne(row: Row, assertion: Assertion): string | undefined {
  const { column } = assertion;
  const names = "other" in assertion ? [column, assertion.other] : [column];
  const unknown = names.find((name) => !Object.hasOwn(row, name));
  if (unknown !== undefined) return `the row has no column ${unknown}`;
  const left = row[column] ?? null;
  if (!("value" in assertion) && !("other" in assertion))
    return (left === null) === (assertion.is === "null") ? undefined : `${column} is ${left ?? "null"}`;
  const right = "other" in assertion ? (row[assertion.other] ?? null) : assertion.value;
  if (left !== null && right !== null && holds(left, assertion.is, right)) return undefined;
  const wanted = "other" in assertion ? `${assertion.other} = ${right ?? "null"}` : right;
  return `${column} = ${left ?? "null"}, not ${assertion.is} ${wanted}`;
}

/** Numbers compare as numbers, exactly; texts only for being equal. */
function holds(left: string, is: Comparison, right: string): boolean {
  const order = compareDecimals(left, right) ?? (left === right ? 0 : undefined);
  switch (is) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order !== undefined && order < 0;
    case "<=":
      return order !== undefined && order <= 0;
    case ">":
      return order !== undefined && order > 0;
    case ">=":
      return order !== undefined && order >= 0;
    default:
      return is satisfies never;
  }
}

/**
 * Below 0, 0 or above it, as the numbers stand to each other; undefined where one is no number. Without rounding: counts can be
 * beyond 2^53.
 */
export function compareDecimals(left: string, right: string): number | undefined {
  const [a, b] = [decimalOf(left), decimalOf(right)];
  if (a === undefined || b === undefined) return undefined;
  const places = Math.max(a.places, b.places);
  const scaled = (of: Decimal) => of.digits * 10n ** BigInt(places - of.places);
  const difference = scaled(a) - scaled(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** `digits` divided by ten to the power of `places`. */
interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

function decimalOf(text: string): Decimal | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  return { digits: BigInt(`${whole}${fraction}`.replace("+", "")), places: fraction.length - Number(exponent) };
}
