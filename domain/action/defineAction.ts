import type { z } from "zod";

/**
 * The class of an action decides what authority it needs on the host: `observe` reads, `safe` brings a service or a mount back,
 * `change` changes what can be put back, `destroy` overwrites, formats or drops.
 */
export type ActionClass = "observe" | "safe" | "change" | "destroy";

/** What is known of an action on both sides of the wire and in the linter: its name, class, arguments and results. */
export interface ActionSpec<Args extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly class: ActionClass;
  /** Arguments: strict; paths absolute; sizes in bytes, durations in ms. */
  readonly args: Args;
  readonly result: Result;
  /** External programs that the host must have, with the Debian package that brings each. */
  readonly tools: Readonly<Record<string, string>>;
  /** Names of the sealed secrets that it opens on the host. */
  readonly secrets: readonly string[];
  /** True where it stops the database: a database probe must be paused meanwhile. */
  readonly stopsDatabase?: boolean;
  /** True where it has a live progress with a total. */
  readonly hasProgress?: boolean;
}

/** Declares an action. The name is `pack.verb`. */
export function defineAction<Args extends z.ZodType, Result extends z.ZodType>(
  spec: ActionSpec<Args, Result>,
): ActionSpec<Args, Result> {
  return spec;
}
