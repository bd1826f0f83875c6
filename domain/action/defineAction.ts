import { z } from "zod";

/**
 * The class of an action decides what authority it needs on the host: `observe` reads, `safe` brings a service or a mount back,
 * `change` changes what can be put back, `destroy` overwrites, formats or drops.
 */
export type ActionClass = "observe" | "safe" | "change" | "destroy";

/** What is known of an action on both sides of the wire and in the linter: its name, class, arguments and results, each with its meaning. */
export interface ActionSpec<Args extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly title: string;
  /** What it does, what it refuses and what it leaves alone, in a few sentences for whoever writes or approves a runbook. */
  readonly about: string;
  readonly class: ActionClass;
  /** Arguments: strict, camelCase as in the runbook; paths absolute; sizes in bytes, durations in ms. */
  readonly args: Args;
  /** One call that could stand in a runbook, as its `with`: its documentation shows it, and what `plan` says of it. */
  readonly example?: z.input<Args>;
  /** Results: snake_case like facts, the unit in the last word; an expression names them just so (`result.files_source`). */
  readonly result: Result;
  /** External programs that the host may need for it, with the Debian package that brings each. */
  readonly tools: Readonly<Record<string, string>>;
  /** Names of the sealed secrets that it always opens on the host. */
  readonly secrets: readonly string[];
  /** Names of the arguments that hold the name of a secret (empty text: none). See `secretsOf`. */
  readonly secretArgs?: readonly string[];
  /** Names of the arguments that stand in the runbook as they are carried out: without templates and expressions. The linter sees to it. */
  readonly literalArgs?: readonly string[];
  /**
   * How a person or a rollback step puts it back, in one sentence, or that it can't be. Every action of class `change` or `destroy` has
   * one; what only reads or brings back has nothing to undo.
   */
  readonly undo?: string;
  /** What a cancel in the middle of it leaves on the host, in one sentence. Absent: nothing that needs a hand. */
  readonly afterCancel?: string;
  /** True where it stops the database: a database probe must be paused meanwhile. */
  readonly stopsDatabase?: boolean;
  /** True where it needs the database to answer: as a probe it must be paused while a step stops the database. */
  readonly needsDatabase?: boolean;
  /** True where it has a live progress with a total. */
  readonly hasProgress?: boolean;
  /** True where a throttle slows it down while it runs: it works long, and its programs have a meter or it asks before it works itself. */
  readonly canBeThrottled?: boolean;
  /** Present where it can be a probe: which fields of the result are a sample's `ok` and `value`. */
  readonly probe?: { readonly ok: string; readonly value: string };
}

/** Declares an action. The name is `pack.verb`. */
export function defineAction<Args extends z.ZodType, Result extends z.ZodType>(
  spec: ActionSpec<Args, Result>,
): ActionSpec<Args, Result> {
  return spec;
}

/**
 * The names of the secrets that one call of an action opens: those it always needs and those its arguments name. Arguments that a
 * runbook leaves out count with their defaults, since that is what the agent will carry out.
 */
export function secretsOf(spec: ActionSpec, args: Readonly<Record<string, unknown>>): string[] {
  const parsed = z.record(z.string(), z.unknown()).safeParse(spec.args.safeParse(args).data);
  const filled = parsed.success ? parsed.data : args;
  const named = (spec.secretArgs ?? []).map((key) => filled[key]);
  return [...new Set([...spec.secrets, ...named.filter((name) => typeof name === "string" && name !== "")])].map(
    String,
  );
}
