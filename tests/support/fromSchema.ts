import fc from "fast-check";

/** As much of JSON Schema as the published document has. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema | boolean;
}

/** Values of a schema, which its server may still refuse for what no schema says. `known`: good values for a property of that name. */
export function fromSchema(
  schema: Schema,
  known: Readonly<Record<string, readonly unknown[]>> = {},
): fc.Arbitrary<unknown> {
  const of = (inner: Schema): fc.Arbitrary<unknown> => fromSchema(inner, known);
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return fc.oneof(...either.map(of));
  switch (schema.type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({
        min: Math.max(schema.minimum ?? -1000, -2_147_483_648),
        max: Math.min(schema.maximum ?? 1000, 2_147_483_647),
      });
    case "number":
      return fc.double({ min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9, noNaN: true });
    case "string":
      return textOf(schema);
    case "array": {
      const { minItems: minLength = 0, maxItems: maxLength = 4 } = schema;
      return fc.array(of(schema.items ?? {}), { minLength, maxLength: Math.min(maxLength, minLength + 4) });
    }
    case "object":
      return objectOf(schema, known);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function textOf({ format, pattern, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> {
  if (format === "uuid") return fc.uuid();
  // fast-check writes no look-ahead; what they exclude is refused in words.
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern.replace(/\(\?[!=][^)]*\)/g, "")));
  return fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 60) });
}

function objectOf(schema: Schema, known: Readonly<Record<string, readonly unknown[]>>): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties, propertyNames } = schema;
  const members = Object.entries(properties).map(([name, inner]) => {
    const values = known[name];
    const usual = fromSchema(inner, known);
    const arbitrary = values
      ? fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: usual })
      : usual;
    return [name, arbitrary] as const;
  });
  const named = fc.record(Object.fromEntries(members), { requiredKeys: required.filter((name) => name in properties) });
  if (typeof additionalProperties !== "object") return named;
  const more = fc.dictionary(textOf(propertyNames ?? {}), fromSchema(additionalProperties, known), { maxKeys: 3 });
  return fc.tuple(named, more).map(([one, other]) => ({ ...other, ...one }));
}
