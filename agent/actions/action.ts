import type { z } from "zod";
import type { ActionSpec } from "../../domain/action/defineAction.ts";
import type { BashLine } from "../byHand/bash.ts";
import type { ActionContext } from "../process/actionContext.ts";
import type { Leftovers } from "../process/supervise.ts";
import type { ToolCall } from "../tools/toolCall.ts";
import { asFailure } from "./asFailure.ts";

/** A program that would run, with all that a person needs to run it alike. */
export interface PlannedProgram extends Pick<ToolCall, "file" | "args" | "failureOf"> {
  /** The account that it runs as, by its name or as `uid:gid`. Absent: the agent's own. */
  readonly as?: string;
  /** Descriptors from which it reads a sealed secret, each with the secret's name. */
  readonly secrets?: Readonly<Record<number, string>>;
  /** File with the password of the database's account, which reaches it by PGPASSFILE; empty or absent: none is asked. */
  readonly passwordFile?: string;
  /** The new file that its output goes into; … stands for what only the run knows. */
  readonly into?: string;
}

interface ByHand {
  /**
   * How a person does the same where the call alone does not say it; no lines: the calls around it do it already. Absent: a program is run
   * as it stands, and a note is for a person to carry out.
   */
  readonly bash?: readonly BashLine[];
}

/**
 * One thing that `plan` says would be done: a program with its arguments, programs side by side of which each reads what the one before
 * prints, or a sentence where no program is involved.
 */
export type PlannedCall =
  | ({
      readonly kind: "program";
      /** What a person has to put in before it can run, such as the name of a pod. */
      readonly fillIn?: string;
    } & PlannedProgram &
      ByHand)
  | ({ readonly kind: "pipeline"; readonly programs: readonly PlannedProgram[]; readonly into?: string } & ByHand)
  | ({ readonly kind: "note"; readonly text: string } & ByHand);

/** A note with the lines by which a person does it; without any where there are none. */
export const noteOf = (text: string, lines: readonly BashLine[] | undefined): PlannedCall => ({
  kind: "note",
  text,
  ...(lines === undefined ? {} : { bash: lines }),
});

/** The programs of a call. */
export function programsOf(call: PlannedCall): readonly PlannedProgram[] {
  switch (call.kind) {
    case "program":
      return [call];
    case "pipeline":
      return call.programs;
    case "note":
      return [];
    default:
      return call satisfies never;
  }
}

/**
 * What an action found when it looked before acting. `done`: everything is there, with the result that a run would have had.
 * `notBegun` and `halfWay`: run it (actions are safe to repeat, and go on where they stopped); `found` is for the log.
 */
export type Inspection<Result> =
  | { readonly state: "done"; readonly result: Result }
  | { readonly state: "notBegun" }
  | { readonly state: "halfWay"; readonly found: string };

/**
 * An action as the agent carries it out. Arguments arrive parsed, allowed by agent.yaml, and with every path real. `run` and
 * `inspect` work in the task's runner (probes: in the agent) and throw a Failure for everything that goes wrong.
 */
export interface Action<Args extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  readonly spec: ActionSpec<Args, Result>;
  /** Exactly what would run. Pure: no look at the host. */
  plan(args: z.output<Args>): readonly PlannedCall[];
  run(args: z.output<Args>, context: ActionContext): Promise<z.output<Result>>;
  inspect(args: z.output<Args>, context: ActionContext): Promise<Inspection<z.output<Result>>>;
  /** What a cancelled run has left on the host besides processes, and how a person would clean it up. Changes nothing, has no secrets. */
  left?(args: z.output<Args>, context: ActionContext): Promise<Leftovers>;
}

/** An action whose types were checked where it was defined, as its pack holds it. */
export interface LoadedAction {
  readonly spec: ActionSpec;
  plan(args: unknown): readonly PlannedCall[];
  run(args: unknown, context: ActionContext): Promise<Readonly<Record<string, unknown>>>;
  inspect(args: unknown, context: ActionContext): Promise<Inspection<Readonly<Record<string, unknown>>>>;
  left(args: unknown, context: ActionContext): Promise<Leftovers>;
}

/** Waits for work on the host; what the system refuses becomes a failure with a code. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asFailure(error);
  }
}

/** An action as the registry holds it: its spec is there, and the rest may have to be loaded first. */
export interface RegisteredAction extends Omit<LoadedAction, "plan"> {
  plan(args: unknown): readonly PlannedCall[] | Promise<readonly PlannedCall[]>;
}

/**
 * Puts an action into the form of its pack: arguments are parsed again in front of each call, and a result that does not fit
 * its schema is a defect that shows here and not at the server.
 */
export function registered<Args extends z.ZodType, Result extends z.ZodType<Record<string, unknown>>>(
  action: Action<Args, Result>,
): LoadedAction {
  const { spec } = action;
  return {
    spec,
    plan: (args) => action.plan(spec.args.parse(args)),
    run: async (args, context) => spec.result.parse(await told(action.run(spec.args.parse(args), context))),
    inspect: async (args, context) => {
      const inspection = await told(action.inspect(spec.args.parse(args), context));
      return inspection.state === "done" ? { state: "done", result: spec.result.parse(inspection.result) } : inspection;
    },
    left: async (args, context) => (await action.left?.(spec.args.parse(args), context)) ?? [],
  };
}

/** The actions of an agent by name. */
export type ActionRegistry = ReadonlyMap<string, RegisteredAction>;

/** A registry of these actions. A name that is there twice is a mistake of ours. */
export function registryOf(actions: readonly RegisteredAction[]): ActionRegistry {
  const registry = new Map(actions.map((action) => [action.spec.name, action]));
  if (registry.size !== actions.length) throw new TypeError("two actions have the same name");
  return registry;
}
