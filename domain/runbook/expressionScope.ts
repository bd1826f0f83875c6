import { actionNamed } from "../action/catalog.ts";
import type { FactType } from "../fact/fact.ts";
import type { CelFields, CelType, ParameterType } from "./celTypes.ts";
import { celTypeOfFact, celTypeOfParameter, celTypeOfResult, toCel } from "./celTypes.ts";
import type { Scope } from "./compiled.ts";
import { nestByDots, valueAtName } from "./nestedNames.ts";

/** What a runbook declares for its expressions. */
export interface Declared {
  readonly facts: Readonly<Record<string, FactType>>;
  readonly parameters: Readonly<Record<string, ParameterType>>;
}

/** Where an expression stands, which says what it may name beside facts, parameters, run, window and now. */
export interface Place {
  /** The action whose `result` it may name. */
  readonly action?: string;
  /** A trigger with a probe: it may name `probe`, and of one that says `over` also what it comes to over that time. */
  readonly probe?: "newest" | "over";
  /** A field of a manual step, or a confirmed item: it may name `value`. */
  readonly valueType?: FieldKind;
  /** A manual step: it may name `fields`. */
  readonly fields?: Readonly<Record<string, FieldKind>>;
}

/** The kinds of value that people type in. */
export type FieldKind = "yesNo" | "number" | "text";

export const FIELD_TYPES = { yesNo: "bool", number: "double", text: "string" } as const satisfies Record<
  FieldKind,
  CelType
>;
export const RUN_TYPE: CelFields = { id: "string", kind: "string" };
export const WINDOW_TYPE: CelFields = { starts_at: "int", ends_at: "int" };
export const PROBE_TYPE: CelFields = { ok: "bool", value: "double", consecutive_failures: "int", missed: "int" };
/** The same of a probe that says `over`. */
export const PROBE_OVER_TYPE: CelFields = {
  ...PROBE_TYPE,
  ...{ count: "int", failed_share: "double", increase: "double", usual: "double" },
};

/** The declared facts' types, nested by the dots of their names. */
export function typesOfFacts(declared: Declared): CelFields {
  return nestByDots<CelType>(
    Object.entries(declared.facts).map(([name, type]) => [name, celTypeOfFact(type)]),
    (level) => level,
  );
}

/** The declared parameters' types. */
export function typesOfParameters(declared: Declared): CelFields {
  return Object.fromEntries(
    Object.entries(declared.parameters).map(([name, type]) => [name, celTypeOfParameter(type)]),
  );
}

const resultTypes = new Map<string, CelType>();

/** The type of an action's result; of an unknown action: anything. */
export function typeOfResult(actionName: string): CelType {
  const known = resultTypes.get(actionName);
  if (known !== undefined) return known;
  const action = actionNamed(actionName);
  if (action === undefined) return "dyn";
  const type = celTypeOfResult(action.result);
  resultTypes.set(actionName, type);
  return type;
}

const FACTS = "facts.";

/** `facts.before.rows.users` reads an entry of the record `facts.before.rows`: cut back to what is declared. */
export function cutToDeclared(name: string, declared: Declared): string {
  if (!name.startsWith(FACTS)) return name;
  const words = name.slice(FACTS.length).split(".");
  const fact = words
    .map((_, index) => words.slice(0, index + 1).join("."))
    .find((prefix) => Object.hasOwn(declared.facts, prefix));
  return fact === undefined ? name : `${FACTS}${fact}`;
}

/** The place that a scope amounts to: the variables that it holds. */
export function placeOf(scope: Scope): Place {
  const kindOf = (value: boolean | number | string): FieldKind =>
    typeof value === "boolean" ? "yesNo" : typeof value === "number" ? "number" : "text";
  return {
    ...(scope.result === undefined ? {} : { action: scope.action ?? "" }),
    ...(scope.probe === undefined ? {} : { probe: "over" as const }),
    ...(scope.value === undefined ? {} : { valueType: kindOf(scope.value) }),
    ...(scope.fields === undefined
      ? {}
      : { fields: Object.fromEntries(Object.entries(scope.fields).map(([name, value]) => [name, kindOf(value)])) }),
  };
}

/** The variables of one evaluation, converted to their declared types, and which of the names are absent from the scope. */
export function contextOf(
  names: readonly string[],
  scope: Scope,
  declared: Declared,
): { readonly context: Record<string, unknown>; readonly absent: readonly string[] } {
  const facts: [string, unknown][] = [];
  const absent: string[] = [];
  for (const name of names) {
    const fact = name.startsWith(FACTS) ? name.slice(FACTS.length) : undefined;
    const type = fact === undefined ? undefined : declared.facts[fact];
    const value = valueAtName(scope, name);
    if (value === undefined || value === null) {
      absent.push(name);
      // Its level must be there for has() to look into.
      if (fact !== undefined && type !== undefined) facts.push([fact, undefined]);
    } else if (fact !== undefined && type !== undefined) {
      try {
        facts.push([fact, toCel(value, celTypeOfFact(type))]);
      } catch {
        // A value of another type than declared says nothing: as good as not measured.
        absent.push(name);
      }
    }
  }
  const { result, fields, value, probe } = scope;
  return {
    absent,
    context: {
      facts: nestByDots<unknown>(facts, (level) => level),
      params: toCel(scope.params, typesOfParameters(declared)),
      run: scope.run,
      window: toCel(scope.window, WINDOW_TYPE),
      now: BigInt(scope.now),
      ...(result === undefined ? {} : { result: toCel(result, typeOfResult(scope.action ?? "")) }),
      ...(probe === undefined ? {} : { probe: toCel(probe, PROBE_OVER_TYPE) }),
      ...(fields === undefined ? {} : { fields }),
      ...(value === undefined ? {} : { value }),
    },
  };
}
