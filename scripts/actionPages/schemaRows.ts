import { z } from "zod";
import { ArgumentRole } from "../../domain/action/roles.ts";

/** The part of a JSON Schema that is looked at here. What is not known is left out of the words. */
interface Shape {
  readonly type?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly format?: string | undefined;
  readonly role?: ArgumentRole | undefined;
  readonly properties?: Readonly<Record<string, Shape>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: Shape | undefined;
  readonly additionalProperties?: Shape | boolean | undefined;
  readonly anyOf?: readonly Shape[] | undefined;
}

const Shape: z.ZodType<Shape> = z.object({
  /** zod gives a list where several kinds are taken. */
  type: z.union([z.string(), z.array(z.string()).transform((kinds) => kinds.join(" or "))]).optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  format: z.string().optional(),
  role: ArgumentRole.optional(),
  get properties() {
    return z.record(z.string(), Shape).optional();
  },
  required: z.array(z.string()).optional(),
  get items() {
    return Shape.optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), Shape]).optional();
  },
  get anyOf() {
    return z.array(Shape).optional();
  },
});

/** One argument or field of a result, in words. */
export interface SchemaRow {
  readonly name: string;
  /** What it may be, without its unit: `whole number from 0 to 50`. */
  readonly type: string;
  /** Undefined where it has none, and where an argument must be given. */
  readonly default: string | undefined;
  readonly isNeeded: boolean;
  readonly role: ArgumentRole | undefined;
  readonly meaning: string;
  /** Set where it is of a shape with a name of its own, which is told once. */
  readonly part: Part | undefined;
}

/** A named shape that several arguments share: a cluster, a volume. */
export interface Part {
  readonly title: string;
  readonly about: string;
  readonly rows: readonly SchemaRow[];
}

/**
 * The members of an object's schema in words. Read from what a runbook writes (what must be given) and from what the agent gets
 * (ranges, which stand behind a transformation of text).
 */
export function schemaRows(schema: z.ZodType): readonly SchemaRow[] {
  const given = Shape.parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  const got = Shape.parse(z.toJSONSchema(schema, { io: "output", unrepresentable: "any" }));
  return membersOf(given, got);
}

function membersOf(given: Shape, got: Shape): readonly SchemaRow[] {
  return Object.entries(got.properties ?? {}).map(([name, shape]) => {
    const written = given.properties?.[name] ?? shape;
    return {
      name,
      type: typeOf(shape),
      default: shape.default === undefined ? undefined : JSON.stringify(shape.default),
      isNeeded: given.required?.includes(name) ?? false,
      role: roleOf(shape),
      meaning: shape.description ?? "",
      part: partOf(written, shape),
    };
  });
}

/** The named shape that a value is, or that the items of a list are. */
function partOf(given: Shape, got: Shape): Part | undefined {
  if (got.title !== undefined && got.properties !== undefined) {
    return { title: got.title, about: got.description ?? "", rows: membersOf(given, got) };
  }
  if (got.items !== undefined) return partOf(given.items ?? got.items, got.items);
  for (const [index, option] of (got.anyOf ?? []).entries()) {
    const part = partOf(given.anyOf?.[index] ?? option, option);
    if (part !== undefined) return part;
  }
  return undefined;
}

function roleOf({ role, anyOf }: Shape): ArgumentRole | undefined {
  return role ?? anyOf?.map(roleOf).find((found) => found !== undefined);
}

const KINDS: Readonly<Partial<Record<ArgumentRole, string>>> = {
  readPath: "absolute path",
  writePath: "absolute path",
  volumePath: "absolute path",
  container: "name of a container",
  url: "address",
  secret: "name of a secret",
};

function typeOf(shape: Shape): string {
  const kind = shape.role === undefined ? undefined : KINDS[shape.role];
  if (shape.const !== undefined) return valueText(shape.const);
  if (shape.enum !== undefined) return shape.enum.map(valueText).join(" or ");
  if (shape.anyOf !== undefined) return eitherOf(shape.anyOf, kind);
  switch (shape.type) {
    case "string":
      return (
        kind ?? (shape.maxLength === undefined ? "text" : `text of at most ${inDigits(shape.maxLength)} characters`)
      );
    case "boolean":
      return "`true` or `false`";
    case "integer":
      return `whole number${rangeText(shape)}`;
    case "number":
      return `number${rangeText(shape)}`;
    case "array":
      return `list${itemText(shape.items)}`;
    case "object":
      return objectText(shape);
    default:
      return "";
  }
}

/** What a transformation makes of a text has no shape of its own: it is what the other branch says. */
function eitherOf(options: readonly Shape[], kind: string | undefined): string {
  const words = options.map((option) =>
    option.type === "string" && option.const === undefined && kind !== undefined ? kind : typeOf(option),
  );
  return [...new Set(words.filter((word) => word !== ""))]
    .sort((a, b) => Number(a === NOTHING) - Number(b === NOTHING))
    .join(" or ");
}

const NOTHING = 'nothing (`""`)';
const valueText = (value: unknown): string => (value === "" ? NOTHING : `\`${String(value)}\``);

function itemText(items: Shape | undefined): string {
  if (items?.title !== undefined) return ` of ${items.title}`;
  const word = items === undefined ? "" : typeOf(items);
  return word === ""
    ? ""
    : ` of ${word
        .replace(/^text of .*$/, "texts")
        .replace(/^text$/, "texts")
        .replace(/^whole number.*$/, "whole numbers")}`;
}

function objectText({ title, properties, additionalProperties }: Shape): string {
  if (title !== undefined) return title;
  if (properties !== undefined) return `{ ${Object.keys(properties).join(", ")} }`;
  const values = typeof additionalProperties === "object" ? typeOf(additionalProperties) : "";
  return values === "" ? "values by name" : `by name, each a ${values}`;
}

/** zod says of every whole number that it can be held exactly; that is no limit anybody set. */
function rangeText({ minimum, maximum }: Shape): string {
  const least = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : inDigits(minimum);
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : inDigits(maximum);
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`;
  if (least !== undefined) return least === "0" ? "" : `, at least ${least}`;
  return most === undefined ? "" : `, at most ${most}`;
}

/** Digits in groups of three, as every number is written. */
const inDigits = (number: number): string => number.toLocaleString("en-US");
