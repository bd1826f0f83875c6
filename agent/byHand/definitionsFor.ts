import type { BashLine, Definition } from "./bash.ts";

/** Lines with the functions that they need in front of them. */
export interface Defined {
  /** What stands before all lines: each name once. */
  readonly atTop: readonly Definition[];
  /** The lines; where one needs another function of a name that there is already, that stands right before it. */
  readonly lines: readonly string[];
}

/** Gives lines the functions that they call, what a function calls itself before it. */
export function definitionsFor(lines: readonly BashLine[]): Defined {
  const known = new Map<string, string>();
  const atTop: Definition[] = [];
  const written: string[] = [];
  const define = (definition: Definition): void => {
    for (const needed of definition.body.needs) define(needed);
    const earlier = known.get(definition.name);
    if (earlier === definition.body.text) return;
    known.set(definition.name, definition.body.text);
    if (earlier === undefined) atTop.push(definition);
    else written.push(definition.body.text);
  };
  for (const line of lines) {
    for (const needed of line.needs) define(needed);
    written.push(line.text);
  }
  return { atTop, lines: written };
}
