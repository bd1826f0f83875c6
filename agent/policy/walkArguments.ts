import { z } from "zod";
import { ArgumentRole } from "../../domain/action/roles.ts";

/** An argument that reaches something on the host. */
export interface RoleFound {
  readonly role: ArgumentRole;
  readonly value: unknown;
  /** Where it stands, for the message: `cluster.dataDir`. */
  readonly at: string;
  /** The arguments beside it. */
  readonly beside: Readonly<Record<string, unknown>>;
}

/**
 * Walks parsed arguments along their schema, calls `check` for every value that has a role, and returns the arguments with what
 * `check` returned in their place. One walk for every action: an action can't forget to be checked. Throws what `check` throws.
 */
export function walkArguments(schema: z.ZodType, args: unknown, check: (found: RoleFound) => unknown): unknown {
  return walk(schema, args, { at: "", beside: {}, check });
}

interface Place {
  readonly at: string;
  readonly beside: Readonly<Record<string, unknown>>;
  readonly check: (found: RoleFound) => unknown;
}

function walk(schema: z.core.$ZodType, value: unknown, place: Place): unknown {
  if (value === undefined || value === null) return value;
  const role = roleOf(schema);
  if (role !== undefined) return place.check({ role, value, at: place.at, beside: place.beside });
  if (schema instanceof z.ZodObject) return walkObject(schema, value, place);
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item: unknown, i) => walk(schema.element, item, { ...place, at: `${place.at}[${i}]` }));
  }
  if (schema instanceof z.ZodRecord && isRecord(value)) {
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      walk(schema.valueType, item, inside(place, key, value)),
    ]);
    return Object.fromEntries(entries);
  }
  if (schema instanceof z.ZodUnion) return walkUnion(schema.options, value, place);
  if (schema instanceof z.ZodPipe) return walk(schema.out, walk(schema.in, value, place), place);
  if (schema instanceof z.ZodLazy) return walk(schema.unwrap(), value, place);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNonOptional ||
    schema instanceof z.ZodReadonly
  ) {
    return walk(schema.unwrap(), value, place);
  }
  return value;
}

function walkObject(schema: z.ZodObject, value: unknown, place: Place): unknown {
  if (!isRecord(value)) return value;
  const walked: Record<string, unknown> = { ...value };
  for (const [key, member] of Object.entries(schema.shape)) {
    if (Object.hasOwn(value, key)) walked[key] = walk(member, value[key], inside(place, key, value));
  }
  return walked;
}

/** Every branch that the value fits: which of them parsed it can't be seen any more, so that none may allow what another refuses. */
function walkUnion(options: readonly z.core.$ZodType[], value: unknown, place: Place): unknown {
  return options
    .filter((option) => z.safeParse(option, value).success)
    .reduce((walked: unknown, option) => walk(option, walked, place), value);
}

function inside(place: Place, key: string, beside: Readonly<Record<string, unknown>>): Place {
  return { ...place, at: place.at === "" ? key : `${place.at}.${key}`, beside };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function roleOf(schema: z.core.$ZodType): ArgumentRole | undefined {
  const role = ArgumentRole.safeParse(z.globalRegistry.get(schema)?.role);
  return role.success ? role.data : undefined;
}
